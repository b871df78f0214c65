/**
 * What an ES module's form in CommonJS asks of esbuild: `__export` names its exports, each by a getter, `__toCommonJS` marks them,
 * `__toESM` is how one is imported whole. esbuild writes them anew before each module, and copies the exports to be on the safe side of
 * other people's modules; a pack has them once, and what is a module of ours is taken as it is: a millisecond and a half of each start.
 */
const helpers = `
var __export = (target, all) => {
  for (var name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true });
};
var __toCommonJS = (module) => Object.defineProperty(module, '__esModule', { value: true });
var __toESM = (module) => {
  if (module == null || module.__esModule) return module ?? {};
  var target = Object.create(Object.getPrototypeOf(module));
  Object.defineProperty(target, 'default', { value: module, enumerable: true });
  for (let key of Object.getOwnPropertyNames(module))
    if (key !== 'default' && !Object.hasOwn(target, key))
      Object.defineProperty(target, key, { get: () => module[key], enumerable: true });
  return target;
};`.replace(/\n\s*/g, ' ');

/** How the last of esbuild's own ends, with or without exports. */
const last =
  /__toCommonJS=mod=>__copyProps\(__defProp\(\{\},"__esModule",\{value:true\}\),mod\);|:target,mod\)\);(?!var __toCommonJS)/;

/** A module without esbuild's helpers before it. Throws where they have another form than the one that this was written for. */
export function withoutHelpers(code: string): string {
  const begins = /^(?:"use strict";)?var __(?:create|defProp)=/.exec(code);
  const end = begins && last.exec(code);
  const rest = end ? code.slice(end.index + end[0].length) : code;
  if ((begins && !end) || /\b__(?:defProp|copyProps|create|getOwnPropNames|hasOwnProp)=/.test(rest.slice(0, 2000)))
    throw new Error(`esbuild's helpers are not as they were: ${code.slice(0, 200)}`);
  return rest;
}

/** A script that evaluates to what is in braces: modules by name, each `"name":function(exports,require,module){…}`. */
export const asScript = (modules: string[]): string => `(()=>{${helpers}return{${modules.join(',\n')}}})()`;
