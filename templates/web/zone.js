// Fills in the time zone that the browser knows, unless there is one already. Without
// this script, readers write it themselves or leave it empty.
(function () {
  "use strict";
  var field = document.getElementById("zone");
  if (!field || field.value) {
    return;
  }
  try {
    field.value = new Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  } catch (unknown) {
    field.value = "";
  }
})();
