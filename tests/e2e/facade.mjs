// For bundles: the package's facade stays where the gateway serves it, beside its worker and its core.

export const facade = {
  name: 'facade',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: '/mediaferry/index.js', external: true })),
};
