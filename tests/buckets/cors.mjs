// The CORS rules of a bucket.

/** The XML of the CORS rules that the gateway prints as JSON. */
export function corsXml({ CORSRules }) {
  const one = (name, value) => `<${name}>${value}</${name}>`;
  const rules = CORSRules.map((rule) => {
    const lists = ['AllowedOrigin', 'AllowedMethod', 'AllowedHeader'].map((name) =>
      rule[`${name}s`].map((value) => one(name, value)).join(''),
    );
    return one('CORSRule', `${lists.join('')}${one('MaxAgeSeconds', rule.MaxAgeSeconds)}`);
  });
  return one('CORSConfiguration', rules.join(''));
}
