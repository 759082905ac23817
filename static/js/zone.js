// Tells the server the browser's time zone, so that pages show times in it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`timezone=${zone}`)) {
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax`;
}
