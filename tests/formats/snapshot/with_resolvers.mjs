// What Node has from version 22 on.

Promise.withResolvers ??= function() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, {resolve, reject}));
  return made;
};
