// A component with the element, as in the guide, and the upload that every consumer has.

import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import 'mediaferry/element';
import type { RemoteAsset } from 'mediaferry';
import { run } from './consumer.js';

@Component({
  selector: 'app-references',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <media-ferry provider="relaydance" (upload-success)="show($event)"></media-ferry>
    <output>{{ ref() }}</output>
  `,
})
class References {
  ref = signal('');
  show = (event: CustomEvent<{ asset: RemoteAsset }>) => this.ref.set(event.detail.asset.ref);
}

bootstrapApplication(References).then(run);
