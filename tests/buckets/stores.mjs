// The stores that the gateway is tested with, beside the sandbox's embedded one.

import { missing as missingCeph, startCeph } from './ceph.mjs';
import { missing as missingGarage, startGarage } from './garage.mjs';

const reason = (missing) => Boolean(missing) && `not installed: ${missing}`;

/**
 * By its name: why a store cannot be used, how it is started, whether it honours `If-None-Match`, and the code of its
 * responses to a wrong secret and to a wrong id.
 */
export const STORES = {
  Ceph: {
    skip: reason(missingCeph),
    start: startCeph,
    isConditional: true,
    denials: ['SignatureDoesNotMatch', 'InvalidAccessKeyId'],
  },
  Garage: {
    skip: reason(missingGarage),
    start: startGarage,
    isConditional: false,
    denials: ['AccessDenied', 'AccessDenied'],
  },
};
