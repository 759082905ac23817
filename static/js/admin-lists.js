// Applies the partner's filter when one is chosen.
django.jQuery(function ($) {
  $("#filter-partner").on("select2:select select2:clear", function () {
    this.form.requestSubmit();
  });
});
