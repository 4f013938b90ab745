// A bucket, by requests that are signed here: what a page's server, or its operator, does with it.

import { createHash, createHmac } from 'node:crypto';

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
/** As AWS encodes names and values. */
const encode = (text) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** The variables of a gateway with this bucket. */
export const variablesOf = ({ endpoint, region, name, id, secret }) => ({
  MEDIAFERRY_S3_ENDPOINT: endpoint,
  MEDIAFERRY_S3_REGION: region,
  MEDIAFERRY_S3_BUCKET: name,
  MEDIAFERRY_S3_ACCESS_KEY_ID: id,
  MEDIAFERRY_S3_SECRET_ACCESS_KEY: secret,
});

export class Bucket {
  #endpoint;
  #region;
  #name;
  #id;
  #secret;

  /** The bucket that these variables of a gateway name. */
  constructor(variables) {
    this.#endpoint = variables.MEDIAFERRY_S3_ENDPOINT;
    this.#region = variables.MEDIAFERRY_S3_REGION;
    this.#name = variables.MEDIAFERRY_S3_BUCKET;
    this.#id = variables.MEDIAFERRY_S3_ACCESS_KEY_ID;
    this.#secret = variables.MEDIAFERRY_S3_SECRET_ACCESS_KEY;
  }

  /** A presigned URL. The bucket itself is the key `''`. */
  url(method, key, parameters = {}) {
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const scope = `${time.slice(0, 8)}/${this.#region}/s3/aws4_request`;
    const all = {
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${this.#id}/${scope}`,
      'X-Amz-Date': time,
      'X-Amz-Expires': '900',
      'X-Amz-SignedHeaders': 'host',
      ...parameters,
    };
    const pairs = Object.entries(all).map(([name, value]) => `${encode(name)}=${encode(value)}`);
    const query = pairs.sort().join('&');
    const path = [this.#name, ...(key ? key.split('/') : [])].map((name) => `/${encode(name)}`).join('');
    const { host } = new URL(this.#endpoint);
    const request = [method, path, query, `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
    const text = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
    const signature = hmac(scope.split('/').reduce(hmac, `AWS4${this.#secret}`), text).toString('hex');
    return `${this.#endpoint}${path}?${query}&X-Amz-Signature=${signature}`;
  }

  /** Sends a request, which must succeed. */
  async request(method, key, parameters, body = '') {
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const response = await fetch(this.url(method, key, parameters), { method, ...(hasBody && { body, headers }) });
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** The keys and ids of the multipart uploads that are neither completed nor aborted. */
  async uploads() {
    const text = await (await this.request('GET', '', { uploads: '' })).text();
    const all = [...text.matchAll(/<Upload>.*?<\/Upload>/gs)].map(([upload]) => upload);
    const value = (upload, name) => new RegExp(`<${name}>(.*?)</${name}>`).exec(upload)[1];
    return all.map((upload) => ({ key: value(upload, 'Key'), uploadId: value(upload, 'UploadId') }));
  }
}
