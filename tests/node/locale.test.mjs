// The languages of the package: each has every text, with its values, in its own words.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { explain, UploadError } from 'mediaferry';
import { languages, loadLanguage } from 'mediaferry/locale';
import { LANGUAGES } from '../../scripts/build/entries.mjs';

const ALL = 'ar de en es fr he hi id it ja ko nl pl pt-BR ru th tr uk vi zh-CN zh-TW'.split(' ');
const load = async (tag) => (await import(`mediaferry/locale/${tag}`)).default;
const english = await load('en');

const COUNTS = [0, 1, 2, 3, 5, 11, 21, 100];
/** The numbers of files in the languages that have more than two forms. */
const FORMS = {
  ar: ['لا ملفات', 'ملف واحد', 'ملفان', '3 ملفات', '5 ملفات', '11 ملفًا', '21 ملفًا', '100 ملف'],
  he: ['0 קבצים', 'קובץ אחד', 'שני קבצים', '3 קבצים', '5 קבצים', '11 קבצים', '21 קבצים', '100 קבצים'],
  pl: ['0 plików', '1 plik', '2 pliki', '3 pliki', '5 plików', '11 plików', '21 plików', '100 plików'],
  ru: ['0 файлов', '1 файл', '2 файла', '3 файла', '5 файлов', '11 файлов', '21 файл', '100 файлов'],
  uk: ['0 файлів', '1 файл', '2 файли', '3 файли', '5 файлів', '11 файлів', '21 файл', '100 файлів'],
};
/** The languages that have one form for two categories: 1 and 2 "file", 1 and 2 "dosya". */
const INVARIABLE = ['it', 'tr'];
const RIGHT_TO_LEFT = ['ar', 'he'];
/** Words that no other language has, for all that they borrow. */
const ENGLISH =
  /(?<!\p{L})(the|this|these|your|could|did|does|not|because|received|accepts?|cannot|wait|choose|retry|failed|wh(ich|at))(?!\p{L})/iu;
/** Texts that are the same in English. */
const BORROWED = ['labels.details.checksum', 'labels.list'];

const VIOLATIONS = { actual: 300, limit: 700 };
const LISTS = {
  format: { actual: 'HEIC', limit: ['JPEG', 'PNG', 'WebP'] },
  allowedFileTypes: { actual: 'HEIC', limit: ['image/png', '.mov'] },
  max_bytes: { actual: 62_000_000, limit: 50_000_000 },
  source: { actual: 'file', limit: ['URL'] },
  scheme: { actual: null, limit: ['http', 'https'] },
  known_kind: { actual: null, limit: ['image', 'video', 'audio'] },
  content_type: { actual: 'image/png', limit: ['image/jpeg'] },
  complete: { actual: 700, limit: null },
  known_size: { actual: null, limit: null },
  known_duration: { actual: null, limit: 600 },
};
const CONTEXT = {
  status: 503,
  providerMessage: 'disk-7',
  field: 'size_bytes',
  expected: '24814',
  actual: '77',
  limit: 500,
  afterMillis: 600_000,
};
const PROGRESS = { files: 44, succeeded: 33, failed: 11 };
/** The arguments of the labels that do not take texts. */
const ARGUMENTS = {
  'labels.invitation': [true],
  'labels.browse': [true],
  'labels.count': [33, 44],
  'labels.full': [55],
  'labels.more': [55],
  'labels.refused': [55],
  'labels.moreRefused': [55],
  'labels.total': [PROGRESS],
};

/** Every text of a language by its path, made with typical data. */
function textsOf(group, path = '') {
  return Object.entries(group).flatMap(([key, text]) => {
    const name = path ? `${path}.${key}` : key;
    if (typeof text === 'object') return textsOf(text, name);
    if (typeof text === 'string') return [[name, text]];
    if (name.startsWith('messages.rules')) return [[name, text({ rule: key, ...(LISTS[key] ?? VIOLATIONS) })]];
    if (name.startsWith('messages')) return [[name, text({ code: key, ...CONTEXT })]];
    return [[name, text(...(ARGUMENTS[name] ?? ['name-1', 'name-2']))]];
  });
}

/** The numbers and the Latin text that came from outside. */
const valuesIn = (text) => text.match(/\d+|name-\d|disk-7|size_bytes|image\/\w+|HEIC|WebP|PNG|MOV/g) ?? [];

/** With Latin digits. */
function latin(text, tag) {
  const digits = new Intl.NumberFormat(tag, { useGrouping: false }).format(9876543210);
  return text.replace(/\p{Nd}/gu, (digit) => (digits.includes(digit) ? String(9 - digits.indexOf(digit)) : digit));
}

test('the languages are those that the package documents', () => {
  assert.deepEqual([...LANGUAGES].sort(), ALL);
  assert.deepEqual([...languages].sort(), ALL);
});

for (const tag of ALL) {
  suite(tag, async () => {
    const translation = await load(tag);
    const texts = textsOf(translation);
    const inEnglish = new Map(textsOf(english));

    test('has every text, of the same kind as the English label', () => {
      assert.deepEqual(texts.map(([name]) => name).sort(), [...inEnglish.keys()].sort());
      const kinds = (group) =>
        Object.entries(group)
          .map(([key, label]) => (typeof label === 'object' ? [key, kinds(label)] : [key, typeof label]))
          .sort();
      assert.deepEqual(kinds(translation.labels), kinds(english.labels));
      assert.equal(translation.labels.language, tag);
    });

    test('says each with its values, and nothing else', () => {
      for (const [name, text] of texts) {
        assert.ok(typeof text === 'string' && text.trim() === text && text.length > 0, `${name}: ${text}`);
        assert.doesNotMatch(text, /undefined|\bnull\b|NaN|\[object|[{}#~]|\s\s|\.\.|: *[.。]/, name);
        const found = latin(text, tag);
        for (const value of valuesIn(inEnglish.get(name)))
          assert.ok(found.includes(value), `${name}: ${text}: ${value}`);
      }
    });

    test('formats numbers and sizes as Intl does', () => {
      const { count, total } = translation.labels;
      const number = (value) => new Intl.NumberFormat(tag).format(value);
      const expected = tag === 'en' ? '12345' : number(12_345);
      assert.ok(count(12_345, 5).includes(expected), count(12_345, 5));
      assert.ok(total({ files: 12_345, succeeded: 5, failed: 0 }).includes(expected));
      assert.ok(!total({ ...PROGRESS, failed: 0 }).includes(number(0)));
      const tooLong = explain({ rule: 'max_duration', actual: 600.5, limit: 600 }, translation.messages);
      assert.ok(tooLong.includes(number(600.5)), tooLong);
    });

    test('names allowed types as people know them', () => {
      const reason = (limit) => explain({ rule: 'allowedFileTypes', actual: 'HEIC', limit }, translation.messages);
      const named = reason(['image/png', '.mov', ' video/mp4 ', '.MP4', 'video/x-matroska']);
      assert.match(named, /HEIC.*PNG.*MOV.*MP4.*MATROSKA/);
      assert.doesNotMatch(named, /[/*]|\.mov|video|MP4.*MP4|X-/);
      // A list without the pattern would be incomplete.
      for (const limit of [['image/*'], ['image/*', '.mov'], ['*/*']]) assert.equal(reason(limit), reason(null));
    });

    if (tag === 'en') return;

    test('is not English', () => {
      for (const [name, text] of texts) {
        assert.doesNotMatch(text, ENGLISH, name);
        // "{0} / {1}" has no word to translate.
        if (/\p{L}{3}/u.test(text.replace(/name-\d/g, ''))) {
          const isBorrowed = BORROWED.includes(name) || /^(Videos?|Pause)$/.test(text);
          if (!isBorrowed) assert.notEqual(text, inEnglish.get(name), name);
        }
      }
    });

    test('has a form for each plural category', () => {
      const rules = new Intl.PluralRules(tag);
      const categories = new Set(COUNTS.map((count) => rules.select(count)));
      const forms = (label) => new Set(COUNTS.map((count) => label(count).replace(/[\p{Nd}\u2068\u2069]/gu, '')));
      const { more, full, refused, moreRefused } = translation.labels;
      const { maxNumberOfFiles } = translation.messages.rules;
      for (const label of [more, full, refused, moreRefused, (limit) => maxNumberOfFiles({ actual: 1, limit })])
        assert.equal(forms(label).size, INVARIABLE.includes(tag) ? 1 : categories.size, label(2));
      for (const [index, form] of FORMS[tag]?.entries() ?? [])
        assert.ok(latin(full(COUNTS[index]), tag).includes(form), `${full(COUNTS[index])}: ${form}`);
      const million = { fr: '# de fichiers', es: '# de archivos', 'pt-BR': '# de arquivos', it: '# di file' }[tag];
      if (million)
        assert.ok(full(1e6).includes(million.replace('#', new Intl.NumberFormat(tag).format(1e6))), full(1e6));
    });

    test('isolates texts from elsewhere in a sentence of the other direction', () => {
      for (const [name, text] of texts) {
        const isolated = [...text.matchAll(/\u2068([^\u2068]*?)\u2069/g)].map(([, inner]) => inner);
        const values = valuesIn(text).filter((value) => /[a-z]/i.test(value));
        if (!RIGHT_TO_LEFT.includes(tag)) assert.doesNotMatch(text, /[\u2066-\u2069\u200e\u200f]/, name);
        else
          for (const value of values)
            assert.ok(
              isolated.some((inner) => inner.includes(value)),
              `${name}: ${value}`,
            );
      }
    });

    test('keeps a number and its unit on one line', () => {
      const size = explain({ rule: 'max_bytes', actual: 62_000_000, limit: 50_000_000 }, translation.messages);
      assert.match(latin(size, tag), tag === 'ko' ? /62MB.*50MB/ : /62\u00a0\p{L}{2}.*50\u00a0\p{L}{2}/u);
      const binary = explain({ rule: 'max_bytes', actual: 12_582_912, limit: 10_485_760 }, translation.messages);
      assert.notEqual(latin(binary, tag).replace('12', '62').replace('10', '50'), latin(size, tag), 'MiB is not MB');
    });
  });
}

suite('messages of a language', async () => {
  const { messages } = await load('de');
  const violations = [
    { rule: 'min_width', actual: 100, limit: 128 },
    { rule: 'max_bytes', actual: 62_000_000, limit: 50_000_000 },
  ];
  const error = (facts, own = messages) => new UploadError({ code: 'rejected', retryable: false, ...facts }, own);

  test('name every limit that a rejected file violates', () => {
    assert.equal(
      error({ violations }).message,
      'Breite: 100\u00a0Pixel, mindestens 128\u00a0Pixel. Dateigröße: 62\u00a0MB, maximal 50\u00a0MB.',
    );
    assert.equal(error({}).message, 'Der Anbieter akzeptiert diese Datei nicht.');
    assert.equal(
      error({ code: 'unrecognised_file', violations: [{ rule: 'format', actual: null, limit: ['PNG', 'JPEG'] }] })
        .message,
      'Dieser Dateityp wird nicht unterstützt. Erlaubt: PNG und JPEG.',
    );
  });

  test('name the limits in each language, English included', async () => {
    for (const tag of ALL) {
      const own = (await load(tag)).messages;
      for (const code of ['rejected', 'unrecognised_file']) {
        const told = error({ code, violations }, own).message;
        assert.equal(told, violations.map((violation) => explain(violation, own)).join(' '), tag);
      }
    }
  });

  test('may be replaced one by one', () => {
    const own = { ...messages, rules: { ...messages.rules, min_width: 'Zu schmal.' } };
    assert.match(error({ violations }, own).message, /^Zu schmal\. Dateigröße/);
  });

  test('leave what the provider says as it is', () => {
    const facts = { code: 'refused', status: 422, providerMessage: '{field} $& {files}' };
    assert.equal(error(facts).message, 'Der Server hat die Anfrage abgelehnt (HTTP 422): {field} $& {files}.');
    const english = { code: 'refused', providerMessage: 'No credit.' };
    assert.equal(error(english, {}).message, 'The server rejected the request: No credit.');
    assert.equal(error({ code: 'refused' }).message, 'Der Server hat die Anfrage abgelehnt.');
  });

  test('write the units of sizes as the language does', async () => {
    const sentence = async (tag, limit) =>
      explain({ rule: 'recommended_max_bytes', actual: 1, limit }, (await load(tag)).messages);
    assert.match(await sentence('fr', 5e6), /5\u00a0Mo/);
    assert.match(await sentence('fr', 5 * 2 ** 20), /5\u00a0Mio/);
    assert.match(await sentence('fr', 5e3), /5\u00a0ko/);
    assert.match(await sentence('fr', 5 * 2 ** 10), /5\u00a0Kio/);
    assert.match(await sentence('ru', 2 * 2 ** 30), /2\u00a0ГиБ/);
    assert.match(await sentence('uk', 3e3), /3\u00a0кБ/);
    assert.match(await sentence('he', 5e6), /\u20685\u00a0MB\u2069/);
  });
});

test('the first preferred language that the package has is loaded', async () => {
  const chosen = async (preferred) => (await loadLanguage(preferred)).labels.language;
  const expected = {
    de: 'de',
    'de-AT': 'de',
    'pt-PT': 'pt-BR',
    zh: 'zh-CN',
    'zh-SG': 'zh-CN',
    'zh-HK': 'zh-TW',
    'zh-Hant': 'zh-TW',
    iw: 'he',
    'ar-EG': 'ar',
    'en-GB': 'en',
    sv: 'en',
    'no such tag': 'en',
  };
  for (const [preferred, tag] of Object.entries(expected)) assert.equal(await chosen(preferred), tag, preferred);
  assert.equal(await chosen(['sv-SE', 'not_a_tag!', 'fr-CA', 'de']), 'fr');
  assert.equal(await chosen([]), 'en');
});
