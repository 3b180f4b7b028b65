// What of Tabler is shipped although no template, script or module names it: elements, what
// browsers and HTMX set by themselves, and small families that a new page soon wants. Everything
// else is shipped when it is named; tests/web/test_style_sheet.py says when to run `make vendor`.

const tones = "primary|secondary|success|info|warning|danger|muted|body|reset|white";

export const keep = [
  // Elements: the ground on which everything stands
  /^(?:html|body|main|header|footer|nav|section|article|aside|h[1-6]|p|a|b|strong|em|small|mark|abbr|code|pre|kbd|sub|sup|blockquote|hr|br)$/,
  /^(?:ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tfoot|tr|th|td|img|svg|figure|figcaption|details|summary|dialog|progress|output|iframe)$/,
  /^(?:form|label|input|select|optgroup|option|textarea|button|fieldset|legend|type|role|hidden|disabled|checked)$/,
  // Components
  /^btn(?:-(?:primary|secondary|success|danger|outline-(?:primary|secondary|danger)|ghost-(?:primary|secondary|danger)|link|icon|sm|lg))?$/,
  /^card(?:-(?:header|body|footer|title|subtitle|actions))?$/,
  /^(?:is-invalid|is-valid|was-validated|invalid-feedback|required|active|disabled|show)$/,
  // Utilities
  /^d-(?:none|block|inline|inline-block|flex|inline-flex|grid)$/,
  /^flex-(?:row|column|wrap|nowrap|fill)$/,
  /^(?:justify-content|align-items)-(?:start|end|center|between|baseline)$/,
  /^[mp][tbsexy]?-(?:[0-5]|auto)$/,
  /^gap-[0-5]$/,
  new RegExp(`^text-(?:${tones}|start|end|center|wrap|nowrap|break|truncate)$`),
  /^(?:fw-(?:normal|medium|semibold|bold)|[wh]-100)$/,
  /^(?:visually-hidden|visually-hidden-focusable|list-unstyled)$/,
];

// Named by common words in our templates, but parts of components that we do not use.
export const drop = [/^carousel/, /^datepicker/, /^dropdown/, /^ts-/, /^jvm/, /^apexcharts/, /^fc-/, /^navbar/, /^noUi/, /^litepicker/, /^modal/, /^offcanvas/, /^toast/, /^tooltip/, /^popover/, /^dropzone/, /^timeline/, /^page-(?:wrapper|header|body|pretitle|title)/, /^placeholder/, /^plyr/, /^tox/, /^hljs/, /^dz-/, /^chip/, /^stars/, /^segmented/, /^gallery/, /^tag/, /^notice/, /^item/, /^logo/, /^ratio/, /^(?:chat|desc|hiding|showing|star|touch)$/];
