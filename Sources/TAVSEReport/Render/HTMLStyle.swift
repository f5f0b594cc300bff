/// Style sheet and script of the HTML report.
enum HTMLStyle {
    static let css = """
        :root{--ink:#1b1f24;--soft:#59626d;--page:#fff;--card:#f6f7f9;--rule:#d9dde2;--link:#0b63a5;\
        --good:#0a6e50;--bad:#a83a12;--warn:#8a5b00;--goodbg:#e3f4ee;--badbg:#fbe9e2;--warnbg:#fbf1dc}
        @media screen and (prefers-color-scheme:dark){:root{--ink:#eceff3;--soft:#a9b2bd;--page:#14171b;--card:#1c2026;\
        --rule:#343b44;--link:#6db1f0;--good:#5bd3ab;--bad:#f5a07a;--warn:#e8c060;--goodbg:#15332a;--badbg:#3b2219;\
        --warnbg:#382e15}}
        *{box-sizing:border-box}
        html{scroll-behavior:smooth}
        body{margin:0 auto;padding:2rem 1.5rem 5rem;max-width:76rem;background:var(--page);color:var(--ink);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        h1{font-size:1.7rem;line-height:1.2;margin:0 0 1rem}
        h2{font-size:1.25rem;margin:2.8rem 0 .8rem;padding-top:.6rem;border-top:1px solid var(--rule)}
        h3{font-size:1.02rem;margin:1.6rem 0 .3rem}
        h4{font-size:.9rem;margin:0 0 .4rem;overflow-wrap:anywhere}
        p,figcaption,li{max-width:46rem}
        a{color:var(--link)}
        nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin-top:1rem;font-size:.95rem}
        ul.lead{list-style:none;margin:0;padding:.9rem 1.1rem;background:var(--card);border-left:4px solid var(--link);\
        border-radius:4px}
        ul.lead li{margin:.2rem 0;max-width:none}
        ul.notes{font-size:.86rem;color:var(--soft);padding-left:1.2rem;overflow-wrap:anywhere}
        ul.notes li{max-width:62rem}
        .scroll{overflow-x:auto;margin:1rem 0 .4rem}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-weight:600;padding:0 0 .5rem;caption-side:top;max-width:60rem}
        th,td{padding:.32rem .7rem;text-align:left;white-space:nowrap}
        th.number,td.number{text-align:right}
        thead th{border-bottom:2px solid var(--ink);padding:0;vertical-align:bottom;white-space:normal;max-width:9.5rem}
        tbody th{font-weight:500}
        tbody tr{border-bottom:1px solid var(--rule)}
        tbody tr:hover{background:var(--card)}
        tbody tr.reference{color:var(--soft);font-style:italic}
        tbody tr.group{border-top:2px solid var(--rule)}
        thead button{font:inherit;font-weight:600;color:inherit;background:none;border:0;cursor:pointer;\
        padding:.32rem .7rem;width:100%;text-align:inherit}
        thead button::after,thead .number button::before{content:"";display:inline-block;width:.9em;color:var(--link)}
        thead .number button::after{width:0}
        th[aria-sort=ascending]:not(.number) button::after,th.number[aria-sort=ascending] button::before{content:"▴"}
        th[aria-sort=descending]:not(.number) button::after,th.number[aria-sort=descending] button::before{content:"▾"}
        button:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        td.good{color:var(--good);background:var(--goodbg)}
        td.bad{color:var(--bad);background:var(--badbg)}
        td.warning{color:var(--warn);background:var(--warnbg)}
        figure{margin:1.4rem 0}
        figure svg{max-width:none;height:auto}
        figcaption{font-size:.88rem;color:var(--soft)}
        .listening{margin:1.2rem 0 2rem}
        .clips{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.9rem}
        .clip{background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:.7rem}
        .clip img{width:100%;height:8rem;display:block;border-radius:3px;image-rendering:auto}
        .clip audio{width:100%;margin-top:.5rem}
        .clip p{margin:.3rem 0 0;font-size:.82rem;color:var(--soft);font-variant-numeric:tabular-nums}
        @page{size:A4 landscape;margin:12mm}
        @media print{body{max-width:none;padding:0;font-size:10pt}nav,.clip audio{display:none}\
        .scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.12rem .35rem}thead th{padding:0}thead button{padding:.12rem .35rem}\
        thead button::after,thead button::before{content:none!important}figure,article,.clip,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}\
        thead{display:table-header-group}figure svg{max-width:60%}\
        td.good,td.bad,td.warning,ul.lead{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

        """

    /// Sorting: a click on a heading sorts ascending, the next descending; equal rows keep their order.
    static let script = """
        "use strict";
        for (const table of document.querySelectorAll("table.sortable")) {
          const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
          heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
            const down = head.getAttribute("aria-sort") === "ascending";
            heads.forEach(other => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", down ? "descending" : "ascending");
            const key = row => {
              const cell = row.cells[column], number = Number(cell.dataset.sort);
              return cell.dataset.sort === undefined || Number.isNaN(number) ? cell.textContent : number;
            };
            const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
              : typeof a === "number" ? -1 : typeof b === "number" ? 1 : a < b ? -1 : a > b ? 1 : 0;
            const rows = [...body.rows].map(row => [key(row), row]);
            rows.sort((a, b) => down ? order(b[0], a[0]) : order(a[0], b[0]));
            rows.forEach(([, row]) => { row.classList.remove("group"); body.append(row); });
          }));
        }

        """
}
