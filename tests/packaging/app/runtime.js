// A program without a page: it uploads cat.jpg by the gateway in its first argument, probes windows.bmp, and ends.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { probe, providers, upload } from 'mediaferry';

const [gateway] = process.argv.slice(2);
const { format } = await probe(new Blob([readFileSync('windows.bmp')]));
const file = new File([readFileSync('cat.jpg')], 'cat.jpg', { type: 'image/jpeg' });
const sent = [];
const onProgress = ({ sentBytes }) => sent.push(sentBytes);
const uploads = ['modelhunter', 'relaydance'].map((provider) => upload(file, { provider, gateway, onProgress }));
const assets = (await Promise.allSettled(uploads)).map(({ value, reason }) => value ?? { error: String(reason) });
console.log(JSON.stringify({ format, assets, sent, providers: (await providers()).length }));
