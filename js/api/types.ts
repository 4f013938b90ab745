// The public types. The unions of codes, rules and stages are generated from Rust.

export type { ErrorCode, Kind, ProviderId, Rule, Stage } from '../generated/core.js';
export type { Loss, Need, Purpose, StepKind } from '../generated/fix.js';
export type * from '../generated/option-types.js';
export type * from './asset.js';
export type * from './fix-options.js';
export type * from './fix-types.js';
export type * from './init.js';
export type * from './media.js';
export type * from './options.js';
export type * from './progress.js';
export type * from './provider-types.js';
export type * from './queue-types.js';
export type * from './restrictions.js';
export type * from './resume-types.js';
export type * from './source.js';
export type * from './upload.js';
export type * from './violation.js';
