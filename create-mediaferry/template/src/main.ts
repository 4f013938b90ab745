import 'mediaferry/element';
import './style.css';

const form = document.querySelector('form') as HTMLFormElement;
const output = document.querySelector('output') as HTMLOutputElement;

// The form cannot be submitted before all uploads are over.
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const data = new FormData(form);
  // Send this to your server: it has the provider's key, and makes the generation request.
  const request = { prompt: data.get('prompt'), references: data.getAll('references') };
  output.textContent = JSON.stringify(request, null, 2);
});
