export default defineNuxtConfig({
  telemetry: false,
  devtools: { enabled: false },
  vue: { compilerOptions: { isCustomElement: (tag) => tag === 'media-ferry' } },
  // Otherwise the development server finds them late and loads its first page twice, with errors in the console.
  vite: { optimizeDeps: { include: ['mediaferry', 'mediaferry/element/vue'] } },
});
