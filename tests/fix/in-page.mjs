// What the tests run in the page.

/** Plans and fixes one case, and checks the result as `check()` does. */
export async function fixCase({ name, url, recipe, provider, allow, limit }) {
  const { plan, fix, check } = await import('/mediaferry/index.js');
  const file = await make();
  if (!file) return { skipped: true };
  const tools = { videoTools: () => import('/tools/mediabunny.mjs'), decodeTiff };
  const options = { provider, allow, ...(limit && { limit }), ...tools };
  const facts = (steps) => steps.map(({ kind, to, lossless }) => ({ kind, format: to.format, lossless }));
  const start = performance.now();
  try {
    const planned = await plan(file, options);
    const { accepted, violations, impossible } = planned;
    const needs = planned.steps.map((step) => step.needs).find(Boolean);
    if (accepted || impossible || needs) {
      return {
        accepted,
        rules: violations.map(({ rule }) => rule),
        impossible: impossible?.map(({ rule }) => rule),
        needs,
      };
    }
    const steps = facts(planned.steps);
    try {
      const { file: fixed, report } = await fix(file, planned);
      const verdicts = await check(fixed, limit ? { limit } : {});
      const verdict = verdicts.find((one) => one.provider === provider);
      const millis = performance.now() - start;
      const [before, after] = [file.size, fixed.size];
      const found = { name: fixed.name, type: fixed.type };
      return {
        steps,
        done: facts(report.steps),
        passes: verdict.accepted,
        verdict: verdict.violations,
        millis,
        before,
        after,
        ...found,
      };
    } catch (error) {
      return { steps, error: `${error.name} ${error.code ?? ''}: ${error.message} (${error.cause ?? 'no cause'})` };
    }
  } catch (error) {
    return { error: `plan: ${error.name}: ${error.message}` };
  }

  async function make() {
    if (!recipe) {
      const blob = await (await fetch(url)).blob();
      return new File([blob], name.split('/').at(-1));
    }
    const { type, width, height, noise, metadata } = recipe;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(width, height);
    const words = new Uint32Array(pixels.data.buffer);
    let state = 1;
    for (let at = 0; at < words.length; at++) {
      // A generator of which the tests need no more than that it does not repeat.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      words[at] = (noise === 1 || (at >> 5) % 10 < noise * 10 ? state : at >> 3) | 0xff00_0000;
    }
    context.putImageData(pixels, 0, 0);
    const blob = await canvas.convertToBlob({ type, quality: 1 });
    // WebKit encodes no WebP.
    if (blob.type !== type) return undefined;
    const parts = metadata ? [blob.slice(0, 2), ...comments(metadata), blob.slice(2)] : [blob];
    return new File(parts, `picture.${type.slice(6)}`, { type });
  }

  /** Comment segments of JPEG with this many bytes together. */
  function comments(bytes) {
    const segment = new Uint8Array(65_535);
    segment.set([0xff, 0xfe, 0xff, 0xfd]);
    return Array.from({ length: Math.ceil(bytes / segment.length) }, () => segment);
  }

  /** For browsers that do not decode TIFF. */
  async function decodeTiff(tiff) {
    const { default: utif } = await import('/tools/utif.mjs');
    const bytes = await tiff.arrayBuffer();
    const [first] = utif.decode(bytes);
    utif.decodeImage(bytes, first);
    const pixels = new Uint8ClampedArray(utif.toRGBA8(first));
    return new ImageData(pixels, first.width, first.height);
  }
}

/** Fixes a file that is fine at a provider that accepts every format. Returns whether anything happened. */
export async function fixFine({ name, url }) {
  const { plan, fix, check } = await import('/mediaferry/index.js');
  const file = new File([await (await fetch(url)).blob()], name.split('/').at(-1));
  const provider = 'apiframe';
  const verdicts = await check(file).catch(() => []);
  if (!verdicts.find((one) => one.provider === provider)?.accepted) return { skipped: true };
  const { steps } = await plan(file, { provider });
  const { file: fixed, report } = await fix(file, { provider });
  return { isSame: fixed === file && steps.length === 0 && report.steps.length === 0 };
}
