(function(){"use strict";
var table=document.getElementById("t"),body=table.tBodies[0],rows=Array.prototype.slice.call(body.rows);
var find=document.getElementById("q"),state=document.getElementById("s"),wave=document.getElementById("v");
var said=document.getElementById("o"),more=document.getElementById("m"),waits=0,most=250,ordered=rows;
rows.forEach(function(row,at){row.at=at;});
var texts=rows.map(function(row){return row.textContent.toLowerCase();});
var waves=rows.map(function(row){return row.cells[1].textContent;});
document.getElementById("f").hidden=false;
document.getElementById("f").addEventListener("submit",function(event){event.preventDefault();});
function filter(){
 var word=find.value.trim().toLowerCase(),found=0,top=document.createDocumentFragment();
 ordered.forEach(function(row){
  var at=row.at,is=!(word&&texts[at].indexOf(word)<0)&&!(state.value&&row.dataset.s!==state.value)&&!(wave.value&&waves[at]!==wave.value);
  found+=is;
  var hide=!is||found>most;
  if(row.hidden!==hide){row.hidden=hide;}
  if(!hide&&ordered!==rows){top.appendChild(row);}
 });
 body.insertBefore(top,body.firstChild);
 document.documentElement.className="";
 var all=rows.length===1?"1 customer":rows.length+" customers";
 said.textContent=(found===rows.length?all:found+" of "+all)+(found>most?", the first "+most+" listed":"");
 more.hidden=found<=most;
}
function everything(){most=Infinity;filter();}
more.addEventListener("click",everything);
window.addEventListener("beforeprint",everything);
function soon(){clearTimeout(waits);waits=setTimeout(filter,120);}
find.addEventListener("input",soon);
state.addEventListener("change",filter);
wave.addEventListener("change",filter);
function key(row,column){var cell=row.cells[column];return cell.dataset.k===undefined?cell.textContent:Number(cell.dataset.k);}
function sort(head,column){
 var up=head.getAttribute("aria-sort")!=="ascending";
 var keyed=rows.map(function(row,at){return{row:row,at:at,key:key(row,column)};});
 keyed.sort(function(a,b){var order=a.key<b.key?-1:a.key>b.key?1:0;return(up?order:-order)||a.at-b.at;});
 ordered=keyed.map(function(item){return item.row;});
 filter();
 Array.prototype.forEach.call(table.tHead.rows[0].cells,function(cell){cell.removeAttribute("aria-sort");});
 head.setAttribute("aria-sort",up?"ascending":"descending");
}
Array.prototype.forEach.call(table.tHead.rows[0].cells,function(head,column){
 var button=document.createElement("button");
 button.type="button";
 button.textContent=head.textContent;
 head.textContent="";
 head.appendChild(button);
 button.addEventListener("click",function(){sort(head,column);});
});
filter();
})();
