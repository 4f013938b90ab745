// Data about <media-ferry> for editors: custom-elements.json, and VS Code's HTML data. Attributes, properties, methods and
// events come from the types and their comments; slots, parts and custom properties from the tables in the guide.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dist, readText, root } from '../lib/paths.mjs';

const GUIDE = 'docs/guides/element.md';
const TAG = 'media-ferry';
const CLASS = 'MediaFerryElement';

/** The inputs of this build step, besides js/. */
export const ELEMENT_DATA_INPUTS = [GUIDE];

/** Writes dist/custom-elements.json and dist/vscode.html-data.json. */
export async function writeElementData() {
  const { default: ts } = await import('typescript');
  const element = describe(ts);
  const tables = guideTables(readText(GUIDE));
  write('custom-elements.json', manifest(element, tables));
  write('vscode.html-data.json', htmlData(element));
}

const write = (name, data) => writeFileSync(join(dist, name), `${JSON.stringify(data, null, 2)}\n`);

/** Reads the element's class: `{ description, attributes, fields, methods, events }`. */
function describe(ts) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['js/element.ts'] }, ts.sys, root);
  const entry = join(root, 'js', 'frameworks', 'element-props.ts');
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const exported = (file, name) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, 'js', file)));
    const symbol = checker.getExportsOfModule(module).find((symbol) => symbol.name === name);
    if (!symbol) throw new Error(`js/${file} does not export ${name}`);
    return { symbol, type: checker.getDeclaredTypeOfSymbol(symbol) };
  };
  const text = (type) => checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation).replaceAll('"', "'");
  const typeOf = (symbol) => checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  const comment = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll('\n', ' ');
  const isInternal = (symbol) => symbol.getJsDocTags(checker).some(({ name }) => name === 'internal');
  const isOurs = ({ declarations = [] }) =>
    declarations.some((one) => one.getSourceFile().fileName.startsWith(join(root, 'js')));

  const { symbol, type } = exported('element/media-ferry.ts', CLASS);
  const reflected = new Map(
    exported('element/attributes.ts', 'Reflected')
      .type.getProperties()
      .map((one) => [one.name, one]),
  );
  const values = exported('frameworks/element-props.ts', 'MediaFerryAttributes').type;
  const attributes = [...reflected].map(([fieldName, symbol]) => {
    const name = fieldName.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const value = typeOf(values.getProperty(name));
    const words = (value.isUnion() ? value.types : [value]).flatMap((one) => (one.isStringLiteral() ? one.value : []));
    const type = words.length > 0 ? words.map((word) => `'${word}'`).join(' | ') : text(value).split(' | ')[0];
    return { name, fieldName, type, description: comment(symbol), words };
  });
  const members = type
    .getProperties()
    .filter((one) => isOurs(one) && !isInternal(one) && !one.name.startsWith('__#') && /^[a-z]/.test(one.name));
  const isMethod = ({ flags }) => flags & ts.SymbolFlags.Method;
  const isReadonly = ({ flags }) => flags & ts.SymbolFlags.GetAccessor && !(flags & ts.SymbolFlags.SetAccessor);
  const named = (one) => ({ name: one.name, type: text(typeOf(one)), description: comment(one) });
  const ownMethods = members.filter((one) => isMethod(one) && one.name !== 'addEventListener');
  const comments = exported('api/queue-types.ts', 'UploaderEvents').type;
  const events = exported('frameworks/element-props.ts', 'MediaFerryEvents').type.getProperties();
  return {
    description: comment(symbol),
    attributes,
    fields: members
      .filter((one) => !isMethod(one))
      .map((one) => ({ ...named(one), readonly: Boolean(isReadonly(one)) })),
    methods: ownMethods.map(named),
    events: [
      { name: 'change', type: 'Event', description: 'An asset was added or removed.' },
      ...events.map((one) => ({ ...named(one), description: comment(comments.getProperty(one.name) ?? one) })),
    ],
  };
}

/** Returns the tables of the guide by their first heading, with the names and descriptions of each row. */
export function guideTables(markdown) {
  const rows = {};
  let heading = '';
  for (const line of markdown.split('\n')) {
    const [, first, second] = /^\| (.*?) \| ?(.*?) ?\|$/.exec(line) ?? [];
    if (first === undefined) heading = line.startsWith('|---') ? heading : '';
    else if (!heading) [heading, rows[first]] = [first, []];
    else {
      const names = first === 'default' ? [''] : [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
      const parts = second.split('; ');
      const describe = (at) => (parts.length === names.length ? parts[at] : second).replaceAll('`', '');
      rows[heading].push(...names.map((name, at) => ({ name, description: describe(at) })));
    }
  }
  return rows;
}

function manifest({ description, attributes, fields, methods, events }, tables) {
  const path = 'dist/element.js';
  const declaration = { name: CLASS, module: path };
  const attributeOf = (name) => attributes.find(({ fieldName }) => fieldName === name)?.name;
  const typed = ({ type, ...others }) => ({ ...others, type: { text: type } });
  return {
    schemaVersion: '1.0.0',
    modules: [
      {
        kind: 'javascript-module',
        path,
        declarations: [
          {
            kind: 'class',
            name: CLASS,
            customElement: true,
            tagName: TAG,
            superclass: { name: 'HTMLElement' },
            description,
            attributes: attributes.map(({ words: _, ...attribute }) => typed(attribute)),
            members: [
              ...fields.map((field) => {
                const attribute = attributeOf(field.name);
                return { kind: 'field', ...typed(field), ...(attribute && { attribute, reflects: true }) };
              }),
              ...methods.map(({ name, description }) => ({ kind: 'method', name, description })),
            ],
            events: events.map(typed),
            slots: tables.slot,
            cssParts: [...tables.part, ...tables['optional part']],
            cssProperties: tables['custom property'],
          },
        ],
        exports: [
          { kind: 'js', name: CLASS, declaration },
          { kind: 'custom-element-definition', name: TAG, declaration },
        ],
      },
    ],
  };
}

function htmlData({ description, attributes }) {
  const tag = {
    name: TAG,
    description,
    attributes: attributes.map(({ name, type, description, words }) => ({
      name,
      description,
      ...(type === 'boolean' && { valueSet: 'v' }),
      ...(words.length > 0 && { values: words.map((name) => ({ name })) }),
    })),
  };
  return { version: 1.1, tags: [tag] };
}
