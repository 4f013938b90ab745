// In place of js/fix/load.ts: every file is fixed by one step.

export const loadFixer = async () => ({
  fix: async () => ({
    file: new File(['fixed'], 'fixed.png', { type: 'image/png' }),
    report: { steps: [{ kind: 'strip-metadata' }] },
  }),
});
