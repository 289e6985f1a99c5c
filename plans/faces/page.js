(function () {
  'use strict';
  var box = document.getElementById('search');
  var input = document.getElementById('query');
  var told = document.getElementById('found');
  if (!box || !input || !told) {
    return;
  }
  var chunks = Array.prototype.map.call(document.querySelectorAll('.chunk'), function (node) {
    return { node: node, rows: null };
  });
  var turn = 0;
  box.hidden = false;

  /* The texts of a chunk are read when it is first searched. */
  function rowsOf(chunk) {
    if (!chunk.rows) {
      chunk.rows = Array.prototype.map.call(chunk.node.querySelectorAll('tbody tr'), function (row) {
        return { node: row, text: row.textContent.toLowerCase() };
      });
    }
    return chunk.rows;
  }

  function filter(chunk, query) {
    var hits = 0;
    rowsOf(chunk).forEach(function (row) {
      var hit = row.text.indexOf(query) >= 0;
      if (row.node.hidden === hit) {
        row.node.hidden = !hit;
      }
      hits += hit ? 1 : 0;
    });
    chunk.node.hidden = hits === 0;
    return hits;
  }

  /* A few milliseconds at a time, so that typing is never held up. */
  function search() {
    var mine = ++turn;
    var query = input.value.trim().toLowerCase();
    var at = 0;
    var hits = 0;
    function go() {
      var until = Date.now() + 12;
      if (mine !== turn) {
        return;
      }
      while (at < chunks.length && Date.now() < until) {
        hits += filter(chunks[at++], query);
      }
      if (at < chunks.length) {
        setTimeout(go, 0);
      } else {
        told.textContent = query ? hits + ' found' : '';
      }
    }
    go();
  }

  var timer = 0;
  input.addEventListener('input', function () {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
}());
