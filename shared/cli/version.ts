/** Put in by the build (scripts/build): the release's version and the commit it was made from. */
declare const KF_VERSION: string | undefined;
declare const KF_COMMIT: string | undefined;

export const version: string = typeof KF_VERSION === 'string' ? KF_VERSION : '0.0.0-dev';
export const commit: string = typeof KF_COMMIT === 'string' ? KF_COMMIT : '';
/** The Node that this runs on. */
export const nodeVersion: string = process.version;
