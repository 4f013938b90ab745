// The types of errors, messages and states as a TypeScript program uses them: every code once. It is never run.

import {
  type AnyProviderId,
  type ErrorCode,
  type ErrorFacts,
  type ErrorMessages,
  type Locale,
  type Message,
  type MessageContext,
  type Messages,
  type Restrictions,
  type Rule,
  type RuleMessages,
  type Stage,
  type Status,
  UploadError,
  type Violation,
} from 'mediaferry';
import { never, same } from './same.js';

export function errors(error: unknown): string {
  if (!(error instanceof UploadError)) return 'cancelled';
  same<typeof error.code, ErrorCode>(true);
  same<typeof error.provider, AnyProviderId | undefined>(true);
  same<typeof error.retryable | typeof error.outcomeUnknown, boolean>(true);
  same<typeof error.status | typeof error.retryAfterMillis, number | undefined>(true);
  same<typeof error.providerMessage, string | undefined>(true);
  same<typeof error.violations, readonly Violation[]>(true);
  same<Violation['rule'], Rule | keyof Restrictions>(true);
  const facts: ErrorFacts = {
    code: 'rejected',
    retryable: false,
    outcomeUnknown: false,
    violations: [...error.violations],
  };
  const messages: Messages = {
    errors: {
      quota: ({ limit }) => `Das Konto fasst nur ${limit}.`,
      refused: (context: MessageContext) => `Abgelehnt (${context.status}).`,
    },
    rules: { max_bytes: ({ actual, limit }) => `${actual} > ${limit}`, maxFileSize: () => 'Zu groß.' },
    outcomeUnknown: 'Vielleicht ist die Datei angekommen.',
  };
  same<NonNullable<Messages['errors']>, ErrorMessages>(true);
  same<NonNullable<Messages['rules']>, RuleMessages>(true);
  // A whole locale is allowed as well as parts of one.
  const locale: Messages = {} as Locale;
  const message: Message<Violation> = locale.rules?.max_bytes ?? '';
  same<Locale['errors'][ErrorCode] | undefined, ErrorMessages[ErrorCode]>(true);
  // @ts-expect-error: there is no such code
  if (error.code === 'too_big') return '';
  // @ts-expect-error: there is no such rule
  const wrong: Messages = { rules: { maxBytes: () => '' } };
  return `${new UploadError(facts, messages).message} ${codeText(error.code)} ${wrong} ${message}`;
}

/** Every error code; a page may rely on this list. */
function codeText(code: ErrorCode): string {
  switch (code) {
    case 'rejected':
    case 'unrecognised_file':
    case 'unreadable_file':
    case 'different_file':
      return 'the file';
    case 'network':
    case 'network_timeout':
    case 'stalled':
    case 'offline':
      return 'the connection';
    case 'rate_limited':
    case 'unavailable':
    case 'ticket_expired':
    case 'timed_out':
      return 'later';
    case 'unauthenticated':
    case 'too_large':
    case 'refused':
    case 'malformed_response':
    case 'integrity':
    case 'quota':
    case 'processing_failed':
      return 'no';
    case 'interrupted':
      return 'again';
    default:
      return never(code);
  }
}

export function stageText(stage: Stage): string {
  switch (stage) {
    case 'fix':
    case 'inspect':
    case 'hash':
    case 'ticket':
    case 'transfer':
    case 'submit':
    case 'process':
      return stage;
    default:
      return never(stage);
  }
}

export function statusText(status: Status): string {
  switch (status) {
    case 'queued':
    case 'uploading':
    case 'paused':
    case 'succeeded':
    case 'failed':
    case 'aborted':
      return status;
    default:
      return never(status);
  }
}
