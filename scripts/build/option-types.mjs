// The options of each provider as TypeScript, from the data of providers(). The comments of the options are those of
// `ProviderOptions` in js/api/options.ts; a test compares the values.

/** The module js/generated/option-types.ts. */
export function optionTypes(providers) {
  return [
    "import type { ProviderOptions, UploadSettings } from '../api/options.js';\n",
    ...providers.map(interfaceOf),
    `/** Options of \`upload\` for a built-in provider. \`provider\` discriminates the union. */
export type BuiltInOptions =${providers.map((provider) => `\n  | ${nameOf(provider)}`).join('')};
`,
    `/** The values of every option. */
export interface OptionValues {
${all(providers).map(property).join('\n')}
}
`,
  ].join('\n');
}

/** The module js/generated/option-names.ts. */
export function optionNames(providers) {
  const names = all(providers).map(({ name }) => name);
  return `/** The names of all providers' options. */
export const OPTION_NAMES: readonly string[] = [${quoted(names, ', ')}];
`;
}

/** Each option once. */
function all(providers) {
  return [...new Map(providers.flatMap(({ options }) => options).map((option) => [option.name, option])).values()];
}

function property({ name, values }) {
  return `  /** The values of the option \`${name}\`. */
  ${name}: ${values.length === 0 ? 'string' : quoted(values, ' | ')};`;
}

/** `interface OneRouterOptions`. */
function interfaceOf(provider) {
  const pick = (wanted, wrap) => {
    const names = provider.options.filter(({ required }) => required === wanted).map(({ name }) => name);
    return names.length === 0 ? [] : [wrap(`Pick<ProviderOptions, ${quoted(names, ' | ')}>`)];
  };
  const bases = ['UploadSettings', ...pick(true, (type) => `Required<${type}>`), ...pick(false, (type) => type)];
  return `/** Options of \`upload\` for ${provider.name}. */
export interface ${nameOf(provider)} extends ${bases.join(', ')} {
  /** The provider's id. */
  provider: '${provider.id}';
}
`;
}

const nameOf = ({ name }) => `${name}Options`;
const quoted = (words, between) => words.map((word) => `'${word}'`).join(between);
