"""python -m commsim.cli"""

from commsim.cli import main

main()
