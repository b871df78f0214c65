/** For sorting names and times. Not localeCompare: its tables (2 MiB) are read from the executable for them, and they are ASCII. */
export const byText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
