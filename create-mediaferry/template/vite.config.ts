import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const { GATEWAY_URL: target } = loadEnv(mode, '.', 'GATEWAY_');
  // The gateway accepts pages of its own origin, which it knows from the header `Host`: so it must stay as it is.
  const gateway = { target, changeOrigin: false };
  return { server: { proxy: { '/providers': gateway, '/attempts': gateway, '/staging': gateway } } };
});
