// Which families of Tabler's classes are shipped even when no template mentions them yet,
// so that a new page rarely needs a rebuild. Everything else must be named in a template.

const tones = "primary|secondary|success|info|warning|danger|muted|body|reset|white|green|red|orange|yellow|azure";
const size = "(?:-(?:sm|md|lg))?";
const step = "(?:0|1|2|3|4|5|6|auto)";

export const keep = [
  // Elements: the ground on which everything stands
  /^(?:html|body|main|header|footer|nav|section|article|aside|h[1-6]|p|a|b|strong|em|small|mark|abbr|code|pre|kbd|sub|sup|blockquote|hr|br)$/,
  /^(?:ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tfoot|tr|th|td|img|svg|figure|figcaption|details|summary|dialog|progress|output|iframe)$/,
  /^(?:form|label|input|select|optgroup|option|textarea|button|fieldset|legend|type|role|hidden|disabled|checked)$/,
  // Components
  /^btn(?:-(?:primary|secondary|success|danger|warning|outline-(?:primary|secondary|danger|success)|ghost-(?:primary|secondary|danger)|link|icon|sm|lg|close|list|action|group|loading))?$/,
  /^card(?:-(?:header|body|footer|title|subtitle|actions|sm|md|lg|table|link|active|inactive|options|tabs|header-tabs|group))?$/,
  /^(?:form|col-form)-(?:label|control|select|check|check-input|check-label|check-inline|switch|text|hint|fieldset|group|range|control-sm|control-lg|select-sm|control-plaintext)/,
  /^input-(?:group|group-text|group-flat|icon|icon-addon)$/,
  /^(?:is-invalid|is-valid|was-validated|invalid-feedback|valid-feedback|required)$/,
  /^table(?:-(?:responsive|vcenter|sm|hover|striped|bordered|borderless|nowrap|active|selectable))?$/,
  /^badge(?:-(?:sm|lg|pill|outline|dot|empty))?$/,
  /^alert(?:-(?:success|info|warning|danger|primary|secondary|important|dismissible|title|heading|link|icon|description|action|list))?$/,
  /^nav(?:-(?:link|item|tabs|pills|underline|fill))?$/,
  /^tab-(?:content|pane)$/,
  /^list-(?:group|group-item|group-item-action|group-flush|group-hoverable|unstyled|inline|inline-item)$/,
  /^(?:empty|empty-(?:img|icon|title|subtitle|action|header|bordered))$/,
  /^avatar(?:-(?:xs|sm|md|lg|list|list-stacked|rounded))?$/,
  /^(?:steps|step-item|steps-(?:counter|vertical))$/,
  /^(?:progress|progress-(?:bar|sm|bar-indeterminate|bar-striped))$/,
  /^(?:status|status-dot|status-(?:green|red|orange|yellow|azure|primary))$/,
  /^datagrid/,
  /^(?:page-item|page-link|pagination|breadcrumb|breadcrumb-item|active|disabled|show|hr|hr-text|kbd|lead|small|mark|markdown)$/,
  /^(?:spinner-border|spinner-border-sm|accordion|accordion-(?:item|header|button|body|flush)|divide-y|subheader|h[1-6]|icon|link-(?:secondary|primary|muted))$/,
  // Grid and utilities
  /^(?:container|container-(?:fluid|tight|narrow|xl)|row|row-cards|row-deck|col|col-auto|g-[0-5]|gx-[0-5]|gy-[0-5])$/,
  new RegExp(`^col${size}-(?:\\d{1,2}|auto)$`),
  new RegExp(`^row-cols${size}-[1-6]$`),
  /^col-(?:sm|md|lg|xl)(?:-\d{1,2}|-auto)?$/,
  new RegExp(`^d${size}-(?:none|block|inline|inline-block|flex|inline-flex|grid)$`),
  new RegExp(`^flex${size}-(?:row|column|wrap|nowrap|fill)$`),
  /^flex-(?:grow|shrink)-[01]$/,
  /^(?:justify-content|align-items|align-self|align)(?:-(?:md|lg))?-(?:start|end|center|between|around|baseline|stretch|middle|top|bottom)$/,
  new RegExp(`^[mp][tbsexy]?-${step}$`),
  new RegExp(`^[mp][tbsexy]?-(?:md|lg)-${step}$`),
  /^(?:gap|row-gap|column-gap)-[0-6]$/,
  /^(?:space-y|order)-[0-5]$/,
  new RegExp(`^text-(?:${tones}|start|end|center|wrap|nowrap|break|truncate|uppercase|lowercase|capitalize|decoration-none|monospace)$`),
  /^text-(?:md|lg)-(?:start|end|center)$/,
  new RegExp(`^bg-(?:${tones}|transparent|surface|surface-secondary)(?:-lt|-subtle)?$`),
  /^(?:fs-[1-6]|fw-(?:normal|medium|semibold|bold)|fst-italic|lh-(?:1|sm|base))$/,
  /^[wh]-(?:25|50|75|100|auto)$/,
  /^(?:mw|mh)-100$/,
  /^border(?:-(?:0|top|bottom|start|end|top-0|bottom-0|start-0|end-0|primary|danger|warning|success|dashed))?$/,
  /^rounded(?:-(?:0|1|2|3|circle|pill))?$/,
  /^(?:position-(?:relative|absolute|sticky|static)|sticky-top|top-0|bottom-0|start-0|end-0)$/,
  /^overflow-(?:auto|hidden|visible|scroll)$/,
  /^(?:object-(?:cover|contain)|ratio|ratio-(?:1x1|4x3|16x9)|img-fluid|clearfix|float-end|invisible|visible|opacity-(?:50|75|100)|cursor-pointer|user-select-none)$/,
  /^(?:visually-hidden|visually-hidden-focusable|stretched-link|vstack|hstack|vr|antialiased|shadow-none)$/,
];

// Named by common words in our templates, but parts of components that we do not use.
export const drop = [/^carousel/, /^datepicker/, /^dropdown/, /^ts-/, /^jvm/, /^apexcharts/, /^fc-/, /^navbar/, /^noUi/, /^litepicker/, /^modal/, /^offcanvas/, /^toast/, /^tooltip/, /^popover/, /^dropzone/, /^timeline/, /^page-(?:wrapper|header|body|pretitle|title)/, /^placeholder/, /^plyr/, /^tox/, /^hljs/, /^dz-/, /^chip/, /^stars/, /^segmented/, /^gallery/, /^tag/, /^notice/, /^item/, /^logo/];
