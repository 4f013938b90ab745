// The stores that large files are tested with: the sandbox's embedded one, Ceph and Garage.

import { variablesOf } from '../buckets/bucket.mjs';
import { STORES as BUCKETS } from '../buckets/stores.mjs';
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
        variables: variablesOf({ endpoint: storage, region: 'us-east-1', name: 'mediaferry', id: ID, secret: SECRET }),
        pids: [pid],
      };
    },
  },
  ceph: bucket(BUCKETS.Ceph),
  garage: bucket(BUCKETS.Garage),
};

function bucket({ skip, start }) {
  return {
    skip,
    async start(life, storageDaemons = 1) {
      const store = await start(storageDaemons);
      life.after(store.stop);
      // As the guide has it: without `ExposeHeaders`.
      const [AllowedOrigins, AllowedMethods, AllowedHeaders] = [['*'], ['PUT', 'GET'], ['*']];
      await store.setCors({ CORSRules: [{ AllowedOrigins, AllowedMethods, AllowedHeaders, MaxAgeSeconds: 3600 }] });
      return store;
    },
  };
}
