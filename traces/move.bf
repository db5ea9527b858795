A cell is moved to its neighbour 64 times; the loop that moves it is the trace
++++++++[>++++++++<-]>[>+>+<<-]>>[<<+>>-]
