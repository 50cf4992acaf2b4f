// What the Rust test that starts the browser tests hands over.

export function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run cargo test -p system-tests --features browser`);
  return value;
}
