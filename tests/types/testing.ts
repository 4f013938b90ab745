// The types of mediaferry/testing as a test of a user uses them. It is never run.

import type { AnyProviderId, ErrorCode, Source, Stage } from 'mediaferry';
import {
  type Fake,
  type FakeCall,
  type FakeOptions,
  installFake,
  type ScriptedError,
  type UploadScript,
} from 'mediaferry/testing';
import { same } from './same.js';

const script: UploadScript = {
  media: { width: 1, kind: 'video' },
  warnings: [{ rule: 'max_bytes', actual: 2, limit: 1 }],
  progress: [0.1, 1],
  retries: ['network', 'stalled'],
  holdAt: 'process',
  until: Promise.resolve(),
  asset: { ref: 'asset://a', expiresAt: new Date() },
  error: { code: 'quota', limit: 9, stage: 'submit' },
};

const options: FakeOptions = {
  upload: ({ source, attempt }) => (attempt === 1 && source instanceof File ? script : undefined),
  media: (file) => (file.size > 1 ? { width: 2 } : undefined),
  assets: [{ id: 'a', provider: 'onerouter', status: 'active', raw: {} }],
  stepMillis: 10,
};

export function usage(): Fake {
  const fake = installFake(options);
  fake.nextUpload({ error: 'rate_limited' });
  fake.reset();
  fake.reset({ upload: script });
  for (const call of fake.calls) {
    same<typeof call, FakeCall>(true);
    same<typeof call.source, Source | undefined>(true);
    same<typeof call.provider, AnyProviderId | undefined>(true);
    same<typeof call.attempt, number>(true);
  }
  same<ScriptedError['code'], ErrorCode>(true);
  same<ScriptedError['stage'], Stage | undefined>(true);
  fake.uninstall();
  return fake;
}

// @ts-expect-error no such code
installFake({ upload: { error: 'no_such_code' } });
// @ts-expect-error the code is missing
installFake({ upload: { error: { limit: 9 } } });
// @ts-expect-error no such stage
installFake({ upload: { holdAt: 'uploading' } });
// @ts-expect-error no such option
installFake({ uploads: [] });
// @ts-expect-error the calls are those of the fake
installFake().calls.push();
