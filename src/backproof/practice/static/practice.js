// The page works without this. With it a button changes the page in its place: the form is sent as it stands, and what
// comes back takes the place of what is there.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id !== "practice") return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await fetch(form.action, { method: "POST", headers: { "X-Part": "main" }, body });
  document.getElementById("main").outerHTML = await answer.text();
  document.title = document.getElementById("main").dataset.title;
});
