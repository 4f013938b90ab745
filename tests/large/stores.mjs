// The stores that large files are tested with: the sandbox's embedded one, and Ceph.

import { missing, startCeph } from '../ceph/ceph.mjs';
import { startGateway } from '../e2e/gateway.mjs';

const [ID, SECRET] = ['storage-key', 'storage-secret'];

/** By its name: why it cannot be used, and how it is started, which gives the variables of a gateway. */
export const STORES = {
  embedded: {
    skip: false,
    async start(life) {
      const { storage, pid } = await startGateway(life, {
        args: ['--storage-key', `${ID}:${SECRET}`, '--part-bytes', '1'],
      });
      return {
        variables: {
          MEDIAFERRY_S3_ENDPOINT: storage,
          MEDIAFERRY_S3_REGION: 'us-east-1',
          MEDIAFERRY_S3_BUCKET: 'mediaferry',
          MEDIAFERRY_S3_ACCESS_KEY_ID: ID,
          MEDIAFERRY_S3_SECRET_ACCESS_KEY: SECRET,
        },
        pids: [pid],
      };
    },
  },
  ceph: {
    skip: Boolean(missing) && `not installed: ${missing}`,
    async start(life, storageDaemons = 1) {
      const ceph = await startCeph(storageDaemons);
      life.after(ceph.stop);
      // As the guide has it: without `ExposeHeaders`.
      const [AllowedOrigins, AllowedMethods, AllowedHeaders] = [['*'], ['PUT', 'GET'], ['*']];
      await ceph.setCors({ CORSRules: [{ AllowedOrigins, AllowedMethods, AllowedHeaders, MaxAgeSeconds: 3600 }] });
      return ceph;
    },
  },
};
