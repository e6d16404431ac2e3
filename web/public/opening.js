/*
 * Says why the page stays empty when its program cannot be loaded. A classic script: browsers run
 * those from a file too, where they refuse the modules that the page is made of.
 */
(function () {
  "use strict";
  var FROM_A_FILE =
    "This page was opened as a file, and browsers do not run its program from there. Run " +
    "python -m http.server in its folder and open http://localhost:8000/, or run hrmkit studio.";
  var NOT_LOADED =
    "The page's program cannot be loaded: the server does not answer, or has no such file. Is the " +
    "studio running? Then load the page again.";

  function say() {
    var place = document.getElementById("app");
    if (!place || place.firstChild) return;
    var text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.style.cssText =
      "max-width: 34em; margin: 15vh auto; padding: 0 20px; font: 18px/1.5 sans-serif";
    text.textContent = location.protocol === "file:" ? FROM_A_FILE : NOT_LOADED;
    place.appendChild(text);
  }

  // Such errors do not bubble; they are heard on their way down.
  addEventListener(
    "error",
    function (event) {
      var failed = event.target;
      if (!(failed instanceof HTMLScriptElement) || failed.type !== "module") return;
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", say);
      else say();
    },
    true,
  );
})();
