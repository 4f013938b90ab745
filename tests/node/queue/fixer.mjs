// In place of js/fix/load.ts: every file is fixed by one step, if the page allows it.

export const loadFixer = async () => ({
  fix: async (source, { confirm = () => true, signal }) => {
    if (!(await confirm({}, source, { signal }))) throw new Error('not allowed');
    return {
      file: new File(['fixed'], 'fixed.png', { type: 'image/png' }),
      report: { steps: [{ kind: 'strip-metadata' }] },
    };
  },
});
