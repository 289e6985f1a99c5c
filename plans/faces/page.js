(function () {
  'use strict';
  var box = document.getElementById('search');
  var input = document.getElementById('query');
  var told = document.getElementById('found');
  if (!box || !input || !told) {
    return;
  }
  var SLICE_MS = 12;
  var RUN = 2000;

  /* Calls `step` until it returns false, a few milliseconds at a time, so that nothing is held up. */
  function inSlices(step, done) {
    function go() {
      var until = Date.now() + SLICE_MS;
      var more = true;
      while (more && Date.now() < until) {
        more = step();
      }
      if (more) {
        setTimeout(go, 0);
      } else if (done) {
        done();
      }
    }
    go();
  }

  function each(list, call) {
    Array.prototype.forEach.call(list, call);
  }

  /* Chunks that belong to one step follow each other; their rows are one list. */
  var steps = [];
  var chunks = [];
  each(document.querySelectorAll('.chunk'), function (node) {
    var before = node.previousElementSibling;
    if (!before || !before.classList.contains('chunk')) {
      steps.push({ chunks: [], turn: 0, column: 0, down: false });
    }
    var chunk = { node: node, body: node.querySelector('tbody'), rows: null };
    steps[steps.length - 1].chunks.push(chunk);
    chunks.push(chunk);
  });
  var turn = 0;
  box.hidden = false;

  /* ---- search ---- */

  /* The texts of a chunk are read when it is first searched. */
  function rowsOf(chunk) {
    if (!chunk.rows) {
      chunk.rows = Array.prototype.map.call(chunk.body.rows, function (row) {
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

  function search() {
    var mine = ++turn;
    var query = input.value.trim().toLowerCase();
    var at = 0;
    var hits = 0;
    inSlices(function () {
      if (mine !== turn) {
        return false;
      }
      hits += filter(chunks[at++], query);
      return at < chunks.length;
    }, function () {
      if (mine === turn) {
        told.textContent = query ? hits + ' found' : '';
      }
    });
  }

  var timer = 0;
  input.addEventListener('input', function () {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });

  /* ---- sorting ---- */

  function compare(a, b) {
    return a.key < b.key ? -1 : a.key > b.key ? 1 : a.place - b.place;
  }

  /* Runs are sorted one by one, then merged two and two: each is a slice of work. */
  function sortInSlices(rows, done) {
    var runs = [];
    var at = 0;
    function merge() {
      var a = runs.shift();
      var b = runs.shift();
      var out = [];
      var i = 0;
      var j = 0;
      while (i < a.length && j < b.length) {
        out.push(compare(a[i], b[j]) <= 0 ? a[i++] : b[j++]);
      }
      runs.push(out.concat(a.slice(i), b.slice(j)));
    }
    inSlices(function () {
      if (at < rows.length) {
        runs.push(rows.slice(at, at += RUN).sort(compare));
        return true;
      }
      if (runs.length > 1) {
        merge();
      }
      return runs.length > 1;
    }, function () {
      done(runs[0] || []);
    });
  }

  /* Rows go back in their new order, a chunk at a time; what is searched for is looked for again. */
  function place(step, mine, sorted) {
    var at = 0;
    var from = 0;
    inSlices(function () {
      if (mine !== step.turn || at >= step.chunks.length) {
        return false;
      }
      var chunk = step.chunks[at++];
      var count = chunk.size;
      for (var i = 0; i < count; i++) {
        chunk.body.appendChild(sorted[from + i].node);
      }
      from += count;
      chunk.rows = null;
      return true;
    }, function () {
      if (mine === step.turn && input.value.trim()) {
        search();
      }
    });
  }

  function sort(step, column, down) {
    var mine = ++step.turn;
    var rows = [];
    var at = 0;
    step.column = column;
    step.down = down;
    each(step.chunks, function (chunk) {
      chunk.size = chunk.size || chunk.body.rows.length;
      each(chunk.node.querySelectorAll('thead th'), function (head, i) {
        if (i === column) {
          head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        } else {
          head.removeAttribute('aria-sort');
        }
      });
    });
    inSlices(function () {
      var body = step.chunks[at++].body;
      each(body.rows, function (row) {
        rows.push({ node: row, key: row.cells[column].textContent.toLowerCase(), place: rows.length });
      });
      return at < step.chunks.length;
    }, function () {
      sortInSlices(rows, function (sorted) {
        if (mine === step.turn) {
          place(step, mine, down ? sorted.reverse() : sorted);
        }
      });
    });
  }

  /* Without a script there is nothing to press: the buttons come with it. */
  steps.forEach(function (step) {
    each(step.chunks, function (chunk) {
      each(chunk.node.querySelectorAll('thead th'), function (head, column) {
        var button = document.createElement('button');
        button.type = 'button';
        button.className = 'sort';
        button.textContent = head.textContent;
        button.addEventListener('click', function () {
          sort(step, column, step.turn > 0 && step.column === column && !step.down);
        });
        head.textContent = '';
        head.appendChild(button);
      });
    });
  });
}());
