// A page without a framework.

import 'mediaferry/element';
import { run } from './consumer.js';

const element = document.createElement('media-ferry');
element.provider = 'relaydance';
const output = document.createElement('output');
element.addEventListener('upload-success', ({ detail }) => {
  output.textContent = detail.asset.ref;
});
document.body.append(element, output);
run();
