import { type ScalarTag, stringify, type Tags } from 'yaml';

/**
 * A value as YAML 1.2 that is read again as it was: lines are not folded, no aliases. Text of nothing but white space goes in quotes;
 * the library writes it as a block, whose first spaces are then taken for its indentation.
 */
export const yamlText = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, customTags });

const customTags = (tags: Tags): Tags => tags.map((tag) => (isString(tag) ? quoting(tag) : tag));

const isString = (tag: Tags[number]): tag is ScalarTag =>
  typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:str';

const quoting = (tag: ScalarTag): ScalarTag => ({
  ...tag,
  stringify: (item, ...rest) => {
    const blank = typeof item.value === 'string' && item.value.includes('\n') && item.value.trim() === '';
    return tag.stringify!(blank ? Object.assign(item, { type: 'QUOTE_DOUBLE' }) : item, ...rest);
  },
});
