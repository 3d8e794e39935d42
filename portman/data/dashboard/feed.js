// One stream for all tabs: a browser opens only six connections to one server (a shared worker).
"use strict";
const tabs = new Set();
let source = null;
let failures = 0;
let version = "";

function tell(name, data) {
  for (const tab of tabs) tab.postMessage({ name, data });
}

function connect() {
  source = new EventSource("/events");
  source.addEventListener("open", () => { failures = 0; });
  for (const name of ["hello", "cells", "board", "trouble"]) {
    source.addEventListener(name, (event) => {
      const data = JSON.parse(event.data);
      version = data.version || version;
      tell(name, data);
    });
  }
  source.addEventListener("error", () => {
    source.close();
    failures += 1;
    tell("lost", { failures });
    setTimeout(connect, Math.min(500 * 2 ** failures, 8000));
  });
}

function join(tab) {
  tabs.add(tab);
  tab.onmessage = () => tabs.delete(tab); // the page goes away
  if (source === null) connect();
  else if (version && failures === 0) tab.postMessage({ name: "hello", data: { version } });
}

// As a shared worker each tab is a port; loaded by a page itself (no shared workers), the page is it.
if (typeof SharedWorkerGlobalScope === "function") self.onconnect = (event) => join(event.ports[0]);
