// Reads a snapshot as Chrome's DevTools do.
//
// Their loader is written for a browser and its workers; `check` makes one file of it, which needs nothing else here than a
// second thread's half of the work, done in the same thread.

import {createReadStream} from 'node:fs';
import {MessageChannel} from 'node:worker_threads';

import './with_resolvers.mjs';

const {HeapSnapshotLoader, SecondaryInitManager} = await import(process.env.DEVTOOLS);

/// Whether something leads to a node. What it leads to besides is as far as other numbers that mean something.
const isReached = node => node.distance() >= 0 && node.distance() < 100_000_000;

export async function read(file) {
  const loader = new HeapSnapshotLoader({sendEvent() {}});
  for await (const chunk of createReadStream(file, {encoding: 'latin1', highWaterMark: 1 << 20})) {
    loader.write(chunk);
  }
  loader.close();
  await loader.parsingComplete;
  const {port1, port2} = new MessageChannel();
  new SecondaryInitManager(port2);
  const snapshot = await loader.buildSnapshot(port1);
  port1.close();
  return {
    name: 'DevTools',
    // It takes what nothing leads to for something that the root leads to, and so does that keep what it leads to.
    keepsGarbage: true,
    nodeCount: snapshot.nodeCount,
    edgeCount: snapshot.containmentEdges.length / 3,
    * nodes() {
      for (const it = snapshot.allNodes(); it.hasNext(); it.next()) {
        yield describe(it.node);
      }
    },
  };
}

function describe(node) {
  return {
    id: node.id(),
    kind: node.type(),
    name: node.rawName(),
    selfSize: node.selfSize(),
    retainedSize: node.retainedSize(),
    distance: isReached(node) ? node.distance() : null,
    * edges() {
      for (const it = node.edges(); it.hasNext(); it.next()) {
        yield [it.edge.type(), String(it.edge.name()), it.edge.node().id()];
      }
    },
    // A shortest way to the root: from each node to one that is nearer.
    path() {
      const ids = [node.id()];
      let at = node;
      while (at.nodeIndex !== 0) {
        let nearer = null;
        for (const it = at.retainers(); it.hasNext() && !nearer; it.next()) {
          const before = it.retainer.node();
          if (it.retainer.type() !== 'weak' && isReached(before) && before.distance() < at.distance()) {
            nearer = before;
          }
        }
        if (!nearer) {
          return null;
        }
        at = nearer;
        ids.unshift(at.id());
      }
      return ids;
    },
  };
}
