#!/usr/bin/env bash
# memlab finds paths to objects of a heap snapshot only if the first node has the id 0 or 1, or some node is named
# `(GC roots)`. Otherwise `pathEdge` of every node is empty, without a word: a leak is found, and no reason for it. V8
# itself gives its root the id 1, and DevTools takes the first node for the root, so who writes snapshots of another heap
# meets this only here.
#
# Seen with @memlab/heap-analysis 2.0.5 and Node 20: the same three nodes have a path with the root's id 1, none with 3,
# and one again with 3 and that name.
#
# Exits with 1 if that has changed. Needs Node and npm.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @memlab/heap-analysis@2.0.5 >npm.log
cat >finding.mjs <<'JS'
import {createRequire} from 'node:module';
import {writeFileSync} from 'node:fs';

const require = createRequire(import.meta.url);
require('@memlab/core').config.muteConsole = true;
const {getFullHeapFromFile} = require('@memlab/heap-analysis');

// root -> holder -> kept, by two properties.
function snapshot(idOfRoot, nameOfRoot) {
  const strings = [nameOfRoot, 'Holder', 'Kept', 'first', 'second'];
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
    node_types: [['hidden', 'array', 'string', 'object', 'code', 'closure', 'regexp', 'number', 'native', 'synthetic'],
      'string', 'number', 'number', 'number', 'number', 'number'],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'], 'string_or_number', 'node'],
    trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
    trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
    sample_fields: ['timestamp_us', 'last_assigned_id'],
    location_fields: ['object_index', 'script_id', 'line', 'column'],
  };
  return JSON.stringify({
    snapshot: {meta, node_count: 3, edge_count: 2, trace_function_count: 0},
    nodes: [9, 0, idOfRoot, 0, 1, 0, 0, 3, 1, 11, 16, 1, 0, 0, 3, 2, 13, 16, 0, 0, 0],
    edges: [2, 3, 7, 2, 4, 14],
    trace_function_infos: [], trace_tree: [], samples: [], locations: [],
    strings,
  });
}

async function path(idOfRoot, nameOfRoot) {
  writeFileSync('finding.heapsnapshot', snapshot(idOfRoot, nameOfRoot));
  const heap = await getFullHeapFromFile('finding.heapsnapshot');
  const names = ['Kept'];
  for (let node = heap.getNodeById(13); node.pathEdge; node = node.pathEdge.fromNode) {
    names.unshift(node.pathEdge.fromNode.name);
  }
  return names.join(' > ');
}

const seen = {
  'root 1': await path(1, 'the root'),
  'root 3': await path(3, 'the root'),
  'root 3, (GC roots)': await path(3, '(GC roots)'),
};
console.log(seen);
process.exit(Number(
  seen['root 1'] !== 'the root > Holder > Kept' ||
    seen['root 3'] !== 'Kept' ||
    seen['root 3, (GC roots)'] !== '(GC roots) > Holder > Kept',
));
JS
node finding.mjs
