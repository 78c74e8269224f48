// One of everything that Python hands to the page, in the types of templates/assets/contract.d.ts.
// Written by `python tests/test_page_contract.py`, which says why.
reportgen.figure({"group":"modular","id":"weights","inputs":[],"lead":true,"panels":[{"data":[{"base64":"AH+BMiDB3k3fvZ0C","cells":4,"columns":{"neuron":[0,0,1,1],"number":[0,1,0,1]},"dtype":"int8","field":"value","name":"weights","scale":[0.01,0.0003149606,0.007874016]}],"height":20,"name":"input","responsive":false,"snap":[2,2],"spec":{"axes":[{"grid":false,"labelAlign":"right","labelAngle":270,"labelBaseline":"middle","orient":"bottom","scale":"x","title":"neuron","zindex":1},{"grid":false,"orient":"left","scale":"y","title":"number","zindex":1}],"background":"white","data":[{"name":"weights","values":[]},{"name":"data_0","source":"weights","transform":[{"expr":"isValid(datum[\"value\"]) && isFinite(+datum[\"value\"])","type":"filter"}]}],"height":20,"legends":[{"fill":"color","gradientLength":{"signal":"clamp(height, 64, 200)"},"title":"value"}],"marks":[{"encode":{"update":{"description":{"signal":"\"neuron: \" + (isValid(datum[\"neuron\"]) ? isArray(datum[\"neuron\"]) ? join(datum[\"neuron\"], ' ') : datum[\"neuron\"] : \"\"+datum[\"neuron\"]) + \"; number: \" + (isValid(datum[\"number\"]) ? isArray(datum[\"number\"]) ? join(datum[\"number\"], ' ') : datum[\"number\"] : \"\"+datum[\"number\"]) + \"; value: \" + (format(datum[\"value\"], \"\"))"},"fill":{"field":"value","scale":"color"},"height":{"signal":"max(0.25, bandwidth('y'))"},"width":{"signal":"max(0.25, bandwidth('x'))"},"x":{"field":"neuron","scale":"x"},"y":{"field":"number","scale":"y"}}},"from":{"data":"data_0"},"name":"marks","style":["rect"],"type":"rect"}],"padding":5,"scales":[{"domain":{"data":"data_0","field":"neuron","sort":true},"name":"x","paddingInner":0,"paddingOuter":0,"range":[0,{"signal":"width"}],"type":"band"},{"domain":{"data":"data_0","field":"number","sort":true},"name":"y","paddingInner":0,"paddingOuter":0,"range":[0,{"signal":"height"}],"type":"band"},{"domain":[-1,1],"interpolate":"hcl","name":"color","range":"heatmap","type":"linear","zero":true}],"signals":[{"name":"step","value":250},{"name":"neuron","value":-1}],"style":"cell","usermeta":{"bits":8,"snap":[2,2]},"width":40},"width":40},{"data":[{"base64":"/38BAAAAAIACAP9/","cells":2,"columns":{},"dtype":"int16","field":"value","name":"heights","scale":[0.001,3.051851e-05,0.001]}],"height":90,"name":"curves","responsive":false,"snap":[1,1],"spec":{"axes":[{"aria":false,"domain":false,"grid":true,"gridScale":"y","labels":false,"maxExtent":0,"minExtent":0,"orient":"bottom","scale":"layer_0_x","tickCount":{"signal":"ceil(width/40)"},"ticks":false,"zindex":0},{"aria":false,"domain":false,"grid":true,"gridScale":"layer_0_x","labels":false,"maxExtent":0,"minExtent":0,"orient":"left","scale":"y","tickCount":{"signal":"ceil(height/40)"},"ticks":false,"zindex":0},{"grid":false,"labelFlush":true,"labelOverlap":true,"orient":"bottom","scale":"layer_0_x","tickCount":{"signal":"ceil(width/40)"},"title":"step","zindex":0},{"grid":false,"labelAlign":"right","labelAngle":270,"labelBaseline":"middle","orient":"top","scale":"layer_1_x","title":"cell","zindex":0},{"grid":false,"labelOverlap":true,"orient":"left","scale":"y","tickCount":{"signal":"ceil(height/40)"},"title":"value","zindex":0}],"background":"white","data":[{"name":"accuracy","values":[{"series":"train","step":0,"value":1},{"series":"train","step":250,"value":1},{"series":"test","step":0,"value":0.123},{"series":"test","step":250,"value":0.123}]},{"name":"heights","values":[]},{"name":"data_0","source":"accuracy","transform":[{"as":"step","expr":"toNumber(datum[\"step\"])","type":"formula"}]},{"name":"data_1","source":"heights","transform":[{"as":["value_start","value_end"],"field":"value","groupby":["cell"],"offset":"zero","sort":{"field":[],"order":[]},"type":"stack"},{"expr":"isValid(datum[\"value\"]) && isFinite(+datum[\"value\"])","type":"filter"}]}],"height":50,"marks":[{"encode":{"update":{"defined":{"signal":"isValid(datum[\"step\"]) && isFinite(+datum[\"step\"]) && isValid(datum[\"value\"]) && isFinite(+datum[\"value\"])"},"description":{"signal":"\"step: \" + (format(datum[\"step\"], \"\")) + \"; value: \" + (format(datum[\"value\"], \"\"))"},"stroke":{"value":"#4c78a8"},"x":{"field":"step","scale":"layer_0_x"},"y":{"field":"value","scale":"y"}}},"from":{"data":"data_0"},"name":"layer_0_marks","sort":{"field":"x"},"style":["line"],"type":"line"},{"encode":{"update":{"ariaRoleDescription":{"value":"bar"},"description":{"signal":"\"cell: \" + (isValid(datum[\"cell\"]) ? isArray(datum[\"cell\"]) ? join(datum[\"cell\"], ' ') : datum[\"cell\"] : \"\"+datum[\"cell\"]) + \"; value: \" + (format(datum[\"value\"], \"\"))"},"fill":{"value":"#4c78a8"},"width":{"signal":"max(0.25, bandwidth('layer_1_x'))"},"x":{"field":"cell","scale":"layer_1_x"},"y":{"field":"value_end","scale":"y"},"y2":{"field":"value_start","scale":"y"}}},"from":{"data":"data_1"},"name":"layer_1_marks","style":["bar"],"type":"rect"}],"padding":5,"scales":[{"domain":{"fields":[{"data":"data_0","field":"value"},{"data":"data_1","field":"value_start"},{"data":"data_1","field":"value_end"}]},"name":"y","nice":true,"range":[{"signal":"height"},0],"type":"linear","zero":true},{"domain":{"data":"data_0","field":"step"},"name":"layer_0_x","nice":true,"range":[0,{"signal":"width"}],"type":"linear","zero":false},{"domain":{"data":"data_1","field":"cell","sort":true},"name":"layer_1_x","paddingInner":0.1,"paddingOuter":0.05,"range":[0,{"signal":"width"}],"type":"band"}],"signals":[{"name":"step","value":250}],"style":"cell","usermeta":{"votes":{"all":3,"inputs":{"a":"W_input","b":"W_input"},"output":"W_output"}},"width":100},"votes":{"all":3,"inputs":{"a":"W_input","b":"W_input"},"output":"W_output"},"width":140}],"steps":[0,100,250]});
reportgen.figure({"group":null,"id":"circle","inputs":["a"],"lead":false,"panels":[{"data":[],"height":80,"name":"chart","responsive":true,"snap":[1,1],"spec":{"axes":[{"aria":false,"domain":false,"grid":true,"labels":false,"maxExtent":0,"minExtent":0,"orient":"bottom","scale":"x","tickCount":{"signal":"ceil(width/40)"},"ticks":false,"zindex":0},{"grid":false,"labelFlush":true,"labelOverlap":true,"orient":"bottom","scale":"x","tickCount":{"signal":"ceil(width/40)"},"title":"x","zindex":0}],"background":"white","data":[{"name":"one","values":[{"x":1}]},{"name":"data_0","source":"one","transform":[{"expr":"isValid(datum[\"x\"]) && isFinite(+datum[\"x\"])","type":"filter"}]}],"height":80,"marks":[{"encode":{"update":{"ariaRoleDescription":{"value":"point"},"description":{"signal":"\"x: \" + (format(datum[\"x\"], \"\"))"},"fill":{"value":"transparent"},"opacity":{"value":0.7},"stroke":{"value":"#4c78a8"},"x":{"field":"x","scale":"x"},"y":{"mult":0.5,"signal":"height"}}},"from":{"data":"data_0"},"name":"marks","style":["point"],"type":"symbol"}],"padding":5,"scales":[{"domain":{"data":"data_0","field":"x"},"name":"x","nice":true,"range":[0,{"signal":"width"}],"type":"linear","zero":true}],"signals":[{"name":"a","value":3}],"style":"cell","usermeta":{"responsive":true},"width":80},"width":80}],"steps":[]});
reportgen.passages({"id":"seeds:3","moments":[0,100,250],"passages":[{"id":"passage-1","html":"<p>Seed 3.<\/p>","stays":false},{"id":"passage-2","html":"","stays":false},{"id":"weights","html":"<p>More.<\/p>","stays":true}]});
window.provenance = {
 "experiments": {
  "modular": {
   "groups": {
    "0a1b": {
     "commit": "0a1b2c3d4e5f",
     "device": "a CPU",
     "execution": "torch 2, cpu, 1 thread, eager",
     "finished_at": "2026-11-24T12:00:00+00:00",
     "training_s": 65.0,
     "versions": {
      "torch": "2"
     }
    }
   },
   "training_s": 65.0,
   "words": "65 s; 24 November 2026; commit 0a1b2c3d4e5f"
  }
 },
 "figures": {
  "weights": {
   "words": "unknown"
  }
 },
 "total": {
  "training_s": 65.0,
  "words": "65 s"
 }
};
/** @type {GroupMoments} */
const example0 = {
 "modular": [
  0,
  100,
  250
 ],
 "parity": []
};
/** @type {PreviewStatus[]} */
const example1 = [
 {
  "building": false,
  "error": null,
  "version": "none"
 },
 {
  "building": false,
  "error": "figures/one.py: no title",
  "version": "none"
 }
];
/** @type {PageData} */
const example2 = {
 ".copied": {
  "copy": "the command"
 },
 ".made": {
  "made": "figures/weights"
 },
 ".mark": {
  "claim": "C1"
 },
 ".moment": {
  "group": "modular",
  "step": "100"
 },
 ".openings": {
  "sweep": "seeds"
 },
 ".player": {
  "group": "modular"
 },
 ".repeat": {
  "repeat": "data/runs/modular-0a1b2c3d.js"
 },
 ".stage": {
  "narrow": "1",
  "wide": "2"
 },
 ".verdict": {
  "verdict": "C1"
 },
 "body": {
  "kernels": "assets/kernels-0a1b2c3d.js",
  "lab": "assets/lab-0a1b2c3d.js",
  "vega": "assets/vega-0a1b2c3d.js"
 },
 "data": {
  "live": "data/weights-3-0a1b2c3d.js"
 },
 "figure": {
  "also": "seeds",
  "figure": "weights",
  "group": "modular",
  "guess": "test",
  "lead": "",
  "level": "0.5",
  "live": "data/weights-0a1b2c3d.js",
  "plays": ""
 }
};
