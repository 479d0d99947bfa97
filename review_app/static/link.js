// Posts the code of an emailed link. It stands in the fragment, which no browser sends by itself, so that it reaches
// no request line, no Referer and no log. Without this script a person types the code.
const form = document.getElementById("link");
const field = document.getElementById("code");

function open() {
  const code = decodeURIComponent(location.hash.slice(1));
  // A fragment may also be the way to a part of this page, such as the skip link's.
  if (!code.trim() || document.getElementById(code)) return;
  history.replaceState(null, "", location.pathname);
  field.value = code;
  form.submit();
  // Whoever goes back to this page finds an empty box.
  field.value = "";
}

addEventListener("hashchange", open);
open();
