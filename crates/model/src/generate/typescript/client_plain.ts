
const $stringify = (value: unknown) => JSON.stringify(value);
const $sendable = (value: unknown) => value;

