/*
 * Opens a page that is one file. Whatever it needs lies in it: each file in a script element that is
 * no script, packed by gzip and written in base64. Nothing is asked of anybody: it works from a disk,
 * in a notebook, and without a network. See src/lib/files.ts for what it leaves to the program.
 */
(function () {
  "use strict";

  /** The bytes that are written in base64. */
  function decoded(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    var binary = atob(text);
    var bytes = new Uint8Array(binary.length);
    for (var i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  /** A file: its content, unpacked, and what it is for. */
  async function unpack(place) {
    var packed = new Blob([decoded(place.textContent.trim())]).stream();
    var bytes = await new Response(
      packed.pipeThrough(new DecompressionStream("gzip")),
    ).arrayBuffer();
    var content = new Blob([bytes], { type: place.dataset.type });
    place.remove();
    return { name: place.dataset.file, use: place.dataset.use, content: content };
  }

  /** Runs as written here, which is allowed where a program from elsewhere is not (in notebooks). */
  async function put(tag, type, content) {
    var element = document.createElement(tag);
    if (type) element.type = type;
    element.textContent = await content.text();
    document.head.appendChild(element);
  }

  /** Around a worker's program: the first message has the files, and the program runs then. */
  var BEGINS = 'addEventListener("message",function(event){globalThis.hrmkitFiles=event.data;\n';
  var ENDS = "\n},{once:true});";

  /** A page from a disk may start no worker that is a module, and a worker may fetch nothing. */
  function workerWith(files) {
    return class extends Worker {
      constructor(address, options) {
        super(address, { ...options, type: "classic" });
        this.postMessage(files);
      }
    };
  }

  async function open() {
    var places = Array.from(document.querySelectorAll("script[data-file]"));
    var files = await Promise.all(places.map(unpack));
    var carried = {};
    var among = function (use) {
      return files.filter(function (file) {
        return file.use === use;
      });
    };
    for (var file of among("data")) {
      carried[file.name] = { address: URL.createObjectURL(file.content), content: file.content };
    }
    globalThis.Worker = workerWith({ ...carried });
    for (var worker of among("worker")) {
      var code = new Blob([BEGINS, worker.content, ENDS], { type: "text/javascript" });
      carried[worker.name] = { address: URL.createObjectURL(code), content: worker.content };
    }
    globalThis.hrmkitFiles = carried;
    for (var style of among("style")) await put("style", "", style.content);
    for (var program of among("program")) await put("script", "module", program.content);
  }

  function say(error) {
    var text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.style.cssText =
      "max-width: 34em; margin: 15vh auto; padding: 0 20px; font: 18px/1.5 sans-serif";
    text.textContent =
      typeof DecompressionStream === "undefined"
        ? "This browser is too old to unpack this page: it takes one of 2023 or newer."
        : "This page cannot be unpacked (" + error + "): its file is damaged, or not whole.";
    document.getElementById("app").appendChild(text);
  }

  open().catch(say);
})();
