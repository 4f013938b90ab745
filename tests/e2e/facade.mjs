// For bundles: the package's facade stays where the gateway serves it, beside its worker and its core.

export const facade = {
  name: 'facade',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/index\.js$/ }, ({ importer }) =>
      /\/dist\/(?:react|vue)\.js$/.test(importer) ? { path: '/mediaferry/index.js', external: true } : undefined,
    ),
};
