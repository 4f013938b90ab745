import type { Config } from '@react-router/dev/config';

// Without it, the development server finds dependencies late and loads its first page twice, with errors in the console.
export default { future: { unstable_optimizeDeps: true } } satisfies Config;
