/** js-yaml's reader alone: a dynamic import of the package itself would keep all of it in the bundle. */
export { load } from 'js-yaml';
