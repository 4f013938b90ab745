// Plans and fixes, as a TypeScript program uses them. It is never run.

import {
  type Asset,
  type DecodeImage,
  type FileState,
  type Fixed,
  type FixOptions,
  type FixReport,
  type FixSettings,
  type FixStep,
  fix,
  type Loss,
  type Need,
  type Plan,
  type Privacy,
  type Purpose,
  plan,
  presignedPut,
  type StepKind,
  Uploader,
  upload,
} from 'mediaferry';
import type { FixLabels, MediaFerryElement } from 'mediaferry/element';
import { same } from './same.js';

export async function fixes(file: File, element: MediaFerryElement): Promise<unknown> {
  const decodeHeic: DecodeImage = async (heic, { signal }) => (signal.aborted ? heic : await createImageBitmap(heic));
  const confirm: FixSettings['confirm'] = ({ steps }, source) => steps.length > 0 && source.size > 0;
  const allow: StepKind[] = ['convert', 'pad', 'upscale'];
  const settings: FixSettings = { allow, quality: 0.8, background: '#000', timeout: 9_000, decodeHeic, confirm };
  const options: FixOptions = { provider: 'worldrouter', limit: 'dashboard', ...settings, privacy: 'strip-location' };
  const found: Plan = await plan(file, options);
  const step = found.steps.at(0);
  same<typeof step, FixStep | undefined>(true);
  const { file: fixed, report }: Fixed = await fix(file, found);
  same<typeof report, FixReport>(true);
  await fix(fixed, { provider: presignedPut({ sign: () => fetch('/sign') }), videoTools: async () => ({}) });
  const asset: Asset = await upload(file, { provider: 'modelhunter', fix: settings, privacy: 'strip-metadata' });
  new Uploader({ provider: 'modelhunter', fix: true }).add(file);
  element.fix = true;
  element.labels = { fix: { accept: 'Yes' } satisfies Partial<FixLabels> };
  // @ts-expect-error: not a kind of step.
  await upload(file, { provider: 'modelhunter', fix: { allow: ['shrink'] } });
  // @ts-expect-error: the provider is missing.
  await plan(file, settings);
  const state: FileState | undefined = step?.to;
  const more: [Loss[] | undefined, Need | undefined, Privacy | undefined] = [step?.loses, step?.needs, options.privacy];
  const reason: Purpose = 'canvas';
  return [asset.fixes?.[0]?.kind, asset.sourceSha256, state, more, reason];
}
