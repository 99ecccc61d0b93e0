// Reads the snapshots of a folder by two readers and compares what they find with what is expected.

import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import * as devtools from './devtools.mjs';
import * as memlab from './memlab.mjs';

let failures = 0;

function fail(text) {
  if (failures++ < 20) {
    console.error(text);
  }
}

function same(what, found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    fail(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }
}

/// A way from the root by edges that are there, and that keep.
function isWay(path, expected) {
  const leads = (from, to) =>
      expected.nodes[from].edges.some(([kind, , target]) => kind !== 'weak' && target === to);
  return path[0] === expected.root && path.slice(1).every((to, at) => leads(path[at], to));
}

/// A shape: every node and edge.
function compare(shape, reader, expected) {
  const all = Object.keys(expected.nodes).length;
  same(`${shape}: nodes of ${reader.name}`, reader.nodeCount, all);
  same(`${shape}: edges of ${reader.name}`, reader.edgeCount, expected.n_edges);
  for (const node of reader.nodes()) {
    const row = expected.nodes[node.id];
    const what = `${shape}: node ${node.id} of ${reader.name}`;
    if (!row) {
      fail(`${what} is not expected`);
      continue;
    }
    same(`${what}, name`, [node.kind, node.name], [row.kind, row.name]);
    same(`${what}, size`, node.selfSize, row.self_size);
    same(`${what}, edges`, [...node.edges()].sort(), [...row.edges].sort());
    if (row.distance === null) {
      continue;
    }
    // Both have the root retain what nothing leads to.
    const besideGarbage = reader.keepsGarbage || node.id === expected.root;
    same(`${what}, retained`, node.retainedSize, besideGarbage ? row.retained_beside_garbage : row.retained);
    const path = node.path();
    if (!path || !isWay(path, expected)) {
      fail(`${what}: ${JSON.stringify(path)} is no way from the root`);
    } else if (node.distance !== undefined) {
      same(`${what}, way`, path.length - 1, row.distance);
    }
  }
}

/// The forest: sums, and each tree.
function compareForest(reader, expected) {
  let [objects, bytes, trees] = [0, 0, 0];
  const what = `forest of ${reader.name}`;
  for (const node of reader.nodes()) {
    if (node.kind !== 'object') {
      continue;
    }
    objects++;
    bytes += node.selfSize;
    if (node.name === expected.slice_type) {
      same(`${what}: edges of the slice`, [...node.edges()].length, expected.trees);
      same(`${what}: retained by the slice`, node.retainedSize, expected.slice_bytes + expected.trees * expected.tree_bytes);
      for (const path of [node.path()]) {
        same(`${what}: the way to the slice`, path.length, 4);
      }
    } else {
      same(`${what}: type`, node.name, expected.tree_type);
      if (node.retainedSize === expected.tree_bytes) {
        trees++;
        if (trees % 1000 === 0) {
          same(`${what}: the way to a tree`, node.path().length, 5);
        }
      }
    }
  }
  same(`${what}: objects`, objects, expected.objects);
  same(`${what}: bytes`, bytes, expected.bytes);
  same(`${what}: trees`, trees, expected.trees);
}

const [folder] = process.argv.slice(2);
const files = readdirSync(folder).filter(file => file.endsWith('.heapsnapshot')).sort();
for (const file of files) {
  const shape = file.replace('.heapsnapshot', '');
  const expected = JSON.parse(readFileSync(join(folder, `${shape}.expected.json`), 'utf8'));
  for (const read of [devtools.read, memlab.read]) {
    const before = failures;
    const reader = await read(join(folder, file));
    if (shape === 'forest') {
      compareForest(reader, expected);
    } else {
      compare(shape, reader, expected);
    }
    console.log(`${shape}: ${reader.name} finds ${reader.nodeCount} nodes and ${reader.edgeCount} edges` +
                (failures > before ? ', and not what is there' : ''));
  }
}
console.log(`${files.length} snapshots, ${failures} differences`);
process.exit(failures || !files.length ? 1 : 0);
