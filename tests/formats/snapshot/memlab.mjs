// Reads a snapshot as memlab does.

import {createRequire} from 'node:module';

const require = createRequire(process.env.PACKAGES);
const {getFullHeapFromFile} = require('@memlab/heap-analysis');

// It tells of each step.
require('@memlab/core').config.muteConsole = true;

export async function read(file) {
  const heap = await getFullHeapFromFile(file);
  return {
    name: 'memlab',
    keepsGarbage: false,
    nodeCount: heap.nodes.length,
    edgeCount: heap.edges.length,
    * nodes() {
      for (let at = 0; at < heap.nodes.length; at++) {
        yield describe(heap.nodes.get(at));
      }
    },
  };
}

function describe(node) {
  return {
    id: node.id,
    kind: node.type,
    name: node.name,
    selfSize: node.self_size,
    retainedSize: node.retainedSize,
    * edges() {
      for (const edge of node.references) {
        yield [edge.type, String(edge.name_or_index), edge.toNode.id];
      }
    },
    // The way to the root that memlab would print.
    path() {
      const ids = [node.id];
      for (let at = node; at.pathEdge; at = at.pathEdge.fromNode) {
        ids.unshift(at.pathEdge.fromNode.id);
      }
      return ids;
    },
  };
}
