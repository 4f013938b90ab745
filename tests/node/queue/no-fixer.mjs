// In place of js/fix/load.ts, for uploads without fixes.

export const loadFixer = () => Promise.reject(new Error('no upload here has the option'));
